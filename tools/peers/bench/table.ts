/** A Markdown table that reads well as plain text too: text to the left, then numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], { textColumns = 1 } = {}): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const pad = (text: string, column: number) =>
    column < textColumns ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  const line = (cells: readonly string[]) =>
    `| ${head.map((_, column) => pad(cells[column] ?? '', column)).join(' | ')} |`;
  const rules = widths.map((width, column) => `${'-'.repeat(width + 1)}${column < textColumns ? '-' : ':'}`);
  return [line(head), `|${rules.join('|')}|`, ...rows.map(line)].join('\n');
}

/** A number with so many decimals and commas between the thousands; a dash where there is none. */
export function number(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return '–';
  return value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
