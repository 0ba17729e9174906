import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Compares a table of a document, which stands between `<!-- table: NAME -->` and `<!-- /table -->`, with the real one.
 * With `pnpm docs:sync`, writes that instead.
 *
 * @param lines the cells of each line, in Markdown, the head first
 * @returns what the document has and what it should have, the same unless it is stale
 */
export function compareTable(
  path: string,
  name: string,
  [head = [], ...lines]: readonly (readonly string[])[],
): { shown: string | undefined; real: string } {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll(/[|<]/g, '\\$&')).join(' | ')} |\n`;
  const real = [head, head.map(() => '---'), ...lines].map(line).join('');
  const text = readFileSync(path, 'utf8');
  const place = new RegExp(`(?<=^<!-- table: ${name} -->\\n\\n)[^]*?(?=\\n<!-- /table -->)`, 'm');
  const shown = text.match(place)?.[0];
  if (process.env.DOCS_SYNC !== '1' || shown === undefined) return { shown, real };
  if (shown !== real)
    writeFileSync(
      path,
      text.replace(place, () => real),
    );
  return { shown: real, real };
}
