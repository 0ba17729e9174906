const REGION = (number: number) => new RegExp(`^( *)// #region TODO ${number}\\n([\\s\\S]*?)^ *// #endregion\\n`, 'm');

/** The lines between `#region TODO n` and `#endregion`. */
export function regionOf(source: string, number: number): string {
  const found = source.match(REGION(number));
  if (!found) throw new Error(`there is no TODO ${number}`);
  const [, indent = '', lines = ''] = found;
  return lines.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trimEnd();
}

/** The source with these lines there instead. */
export function withRegion(source: string, number: number, lines: string): string {
  return source.replace(REGION(number), (_, indent: string) =>
    [`// #region TODO ${number}`, ...lines.split('\n'), '// #endregion', '']
      .map((line) => (line === '' ? '' : indent + line))
      .join('\n'),
  );
}
