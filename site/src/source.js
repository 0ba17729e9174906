/**
 * What a block says that it is, in the words of `<!-- file: PATH#REGION -->`: a file without the marks of its regions,
 * the lines of a region, or a declaration of a `.proto` file.
 *
 * @param {string} text of the file
 * @param {string} [region]
 * @returns {{ text: string, lines: string } | undefined} the text, and which lines of the file, as in `L3-L9`
 */
export function partOf(text, region, isProto = false) {
  if (!region) return { text: text.replaceAll(/^ *(?:\/\/|#) #(?:region .*|endregion)\n/gm, ''), lines: '' };
  const name = region.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = isProto
    ? new RegExp(`^()(${name} {[\\s\\S]*?^}\\n)`, 'm').exec(text)
    : new RegExp(`^(.*#region ${name}\\n)([\\s\\S]*?)^.*#endregion`, 'm').exec(text);
  if (!found) return undefined;
  const [, mark, part] = found;
  const first = text.slice(0, found.index + mark.length).split('\n').length;
  const indent = /^ */.exec(part)[0];
  return {
    text: part.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    lines: `L${first}-L${first + part.split('\n').length - 2}`,
  };
}
