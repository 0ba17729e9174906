/** A stack in the work of one group of bars. */
interface Bar {
  readonly stack: string;
  /** Its CPU for each message, as a multiple of that of the reference. */
  readonly ratio: number;
}

interface Group {
  readonly work: string;
  readonly bars: readonly Bar[];
}

/** What all are compared with. */
const REFERENCE = 'grpc-js-tuned';
const OURS = 'grpc-streams';

const LEFT = 190;
const WIDTH = 720;
const RIGHT = 60;
const BAR = 16;
const HEAD = 44;
/** The axis is logarithmic, from here to there, so that half and double are equally far from 1. */
const [LEAST, MOST] = [1 / 16, 8];

const xOf = (ratio: number) =>
  LEFT + ((WIDTH - LEFT - RIGHT) * Math.log(Math.min(MOST, Math.max(LEAST, ratio)) / LEAST)) / Math.log(MOST / LEAST);

/**
 * Draws the tables of a benchmark: for one stream, how much CPU each stack takes, beside grpc-js tuned by hand. To be
 * read by position and text, not by colour.
 *
 * @param tables what the benchmark has printed
 * @returns an SVG
 */
export function chartOf(tables: string): string {
  const groups = groupsOf(tables);
  let y = HEAD;
  const parts: string[] = [];
  for (const { work, bars } of groups) {
    y += 8;
    parts.push(`<text x="8" y="${y + 13}" class="work">${work}</text>`);
    for (const { stack, ratio } of bars) {
      const from = Math.min(xOf(1), xOf(ratio));
      const to = Math.max(xOf(1), xOf(ratio));
      const name = `<text x="${LEFT - 8}" y="${y + 30}" text-anchor="end">${stack}</text>`;
      const bar = `<rect x="${from.toFixed(1)}" y="${y + 20}" width="${(to - from).toFixed(1)}" height="${BAR - 4}"${stack === OURS ? ' class="ours"' : ''}/>`;
      const at = ratio < 1 ? `x="${(from - 5).toFixed(1)}" text-anchor="end"` : `x="${(to + 5).toFixed(1)}"`;
      parts.push(`${name}${bar}<text ${at} y="${y + 30}">${ratio.toFixed(2)}</text>`);
      y += BAR;
    }
    y += 22;
  }
  const ticks = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4].map((ratio) => {
    const x = xOf(ratio).toFixed(1);
    const name = ratio < 1 ? `1/${1 / ratio}` : `${ratio}`;
    return `<line x1="${x}" x2="${x}" y1="${HEAD}" y2="${y}" class="${ratio === 1 ? 'one' : 'tick'}"/><text x="${x}" y="${HEAD - 6}" text-anchor="middle">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 8}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-labelledby="title">
  <title id="title">CPU for each message, client and server together, as a multiple of plain grpc-js tuned by hand</title>
  <style>
    text { fill: #1f2328; } .work { font-weight: 600; } rect { fill: #d1d9e0; stroke: #59636e; } .ours { fill: #0969da; stroke: #0969da; }
    .tick { stroke: #d1d9e0; } .one { stroke: #1f2328; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; } rect { fill: #3d444d; stroke: #9198a1; } .ours { fill: #4493f8; stroke: #4493f8; }
      .tick { stroke: #3d444d; } .one { stroke: #f0f6fc; }
    }
  </style>
  <text x="8" y="18">CPU for each message, client and server together; plain ${REFERENCE.replace('-tuned', '')}, tuned by hand, is 1. Less is better.</text>
  ${[...ticks, ...parts].join('\n  ')}
</svg>
`;
}

function groupsOf(tables: string): Group[] {
  return tables
    .split(/^### /m)
    .slice(1)
    .flatMap((section) => {
      const [title = '', , ...lines] = section.trim().split('\n');
      const groups: { work: string; bars: { stack: string; cpu: number }[] }[] = [];
      for (const line of lines.filter((line) => line.startsWith('|')).slice(2)) {
        const [, work = '', stack = '', , cpu] = line.split('|').map((cell) => cell.trim());
        if (work) groups.push({ work: `${title}, ${work}`, bars: [] });
        if (Number(cpu) > 0) groups.at(-1)?.bars.push({ stack, cpu: Number(cpu) });
      }
      return groups.filter(({ work }) => work.endsWith(' × 1'));
    })
    .map(({ work, bars }) => {
      const one = bars.find(({ stack }) => stack === REFERENCE)?.cpu ?? Number.NaN;
      return {
        work: work.replace(/ × 1$/, '').replace(', one message in flight', ''),
        bars: bars.filter(({ stack }) => stack !== REFERENCE).map(({ stack, cpu }) => ({ stack, ratio: cpu / one })),
      };
    });
}
