const NAMES = 150;
const BARS = 150;
const NUMBER = 58;
const COLUMN = NUMBER + BARS + 24;
const ROW = 20;
const HEAD = 64;

/**
 * Reads the table that `bench:replicas` has printed.
 *
 * @returns the cells of each line, the head first
 */
export function readTable(printed: string): string[][] {
  const lines = printed.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
  return lines.map((line) => line.slice(2, -2).split(' | '));
}

/**
 * Draws how many packages go out with each number of servers, for each number of subscribers. To be read by position and
 * text, not by colour.
 *
 * @param printed what the benchmark has printed
 * @returns an SVG
 */
export function chartOf(printed: string): string {
  const [, ...rows] = readTable(printed);
  const groups = new Map<string, string[][]>();
  for (const row of rows) groups.set(row[0] ?? '', [...(groups.get(row[0] ?? '') ?? []), row]);
  const servers = [...new Set(rows.map(([, name = '']) => name))];
  const names = servers.map(
    (name, n) => `<text x="${NAMES - 8}" y="${HEAD + n * ROW + 14}" text-anchor="end">${name}</text>`,
  );
  const columns = [...groups].flatMap(([subscribers, group], n) => {
    const x = NAMES + n * COLUMN;
    const out = group.map(([, , packages = '']) => packages);
    const most = Math.max(...out.map(numberOf));
    const title = `<text x="${x}" y="${HEAD - 10}" class="title">${subscribers} ${subscribers === '1' ? 'subscriber' : 'subscribers'}</text>`;
    const bars = out.flatMap((packages, row) => {
      const y = HEAD + row * ROW;
      const width = ((BARS * numberOf(packages)) / most).toFixed(1);
      return [
        `<text x="${x + NUMBER - 6}" y="${y + 14}" text-anchor="end">${packages}</text>`,
        `<rect x="${x + NUMBER}" y="${y + 4}" width="${width}" height="12"/>`,
      ];
    });
    return [title, ...bars];
  });
  const [width, height] = [NAMES + groups.size * COLUMN, HEAD + servers.length * ROW + 10];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-labelledby="title">
  <title id="title">Packages that go out in a second, by one process alone and by replicas on NATS</title>
  <style>
    text { fill: #1f2328; } .title { font-weight: 600; } rect { fill: #0969da; }
    @media (prefers-color-scheme: dark) { text { fill: #f0f6fc; } rect { fill: #4493f8; } }
  </style>
  <text x="8" y="18">Packages that go out in a second. More is better. All processes on one machine of two cores.</text>
  ${[...names, ...columns].join('\n  ')}
</svg>
`;
}

const numberOf = (text: string) => Number(text.replaceAll(',', ''));
