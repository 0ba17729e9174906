import { type OneStream, ratioName, ratioOf, readResults } from './results.ts';
import { STACKS } from './stack.ts';

/** What all are compared with. */
const REFERENCE = 'grpc-js-tuned';
const OURS = 'grpc-streams';

/** Works with messages of these sizes stand side by side, small ones above large ones. */
const BANDS = [['20 B'], ['1 KiB', '64 KiB']];

const NAMES = 150;
const NUMBER = 38;
const BARS = 88;
const GAP = 10;
const COLUMN = NUMBER + BARS + GAP;
const ROW = 18;
const BAR = 10;
const TITLE = 34;
const HEAD = 50;
/** The axis is logarithmic, from here to there, so that half and double are equally far from 1. */
const [LEAST, MOST] = [1 / 64, 8];
const TICKS = [1 / 16, 1 / 4, 1, 4];

const along = (ratio: number) =>
  (BARS * Math.log(Math.min(MOST, Math.max(LEAST, ratio)) / LEAST)) / Math.log(MOST / LEAST);

/**
 * Draws the tables of a benchmark: for one stream, how much CPU each stack takes for each kind of work, beside grpc-js
 * tuned by hand. To be read by position and text, not by colour.
 *
 * @param tables what the benchmark has printed
 * @returns an SVG
 */
export function chartOf(tables: string): string {
  const results = readResults(tables);
  const bands = BANDS.map((sizes) => results.filter(({ size }) => sizes.includes(size))).filter(
    ({ length }) => length > 0,
  );
  const parts: string[] = [];
  let y = TITLE;
  for (const works of bands) {
    const stacks = STACKS.filter((stack) => stack !== REFERENCE && works.some(({ cpu }) => cpu.has(stack)));
    for (const [index, stack] of stacks.entries()) {
      const own = stack === OURS ? ' class="ours"' : '';
      parts.push(`<text x="${NAMES - 8}" y="${y + HEAD + index * ROW + 14}" text-anchor="end"${own}>${stack}</text>`);
    }
    for (const [index, work] of works.entries()) parts.push(...column(work, stacks, NAMES + index * COLUMN, y));
    y += HEAD + stacks.length * ROW + 16;
  }
  const width = NAMES + Math.max(...bands.map(({ length }) => length)) * COLUMN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-labelledby="title">
  <title id="title">CPU for each message, client and server together, as a multiple of plain grpc-js tuned by hand</title>
  <style>
    text { fill: #1f2328; } .work, text.ours { font-weight: 600; } .tick-name { font-size: 9px; }
    rect { fill: #d1d9e0; stroke: #59636e; } rect.ours { fill: #0969da; stroke: #0969da; }
    .tick { stroke: #d1d9e0; } .one { stroke: #1f2328; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; } rect { fill: #3d444d; stroke: #9198a1; } rect.ours { fill: #4493f8; stroke: #4493f8; }
      .tick { stroke: #3d444d; } .one { stroke: #f0f6fc; }
    }
  </style>
  <text x="8" y="18">CPU for each message, client and server together; plain grpc-js, tuned by hand, is 1. Less is better.</text>
  ${parts.join('\n  ')}
</svg>
`;
}

/** The bars of one work, with the place of the column's left upper corner. */
function column(work: OneStream, stacks: readonly string[], x: number, y: number): string[] {
  const start = x + NUMBER;
  const top = y + HEAD;
  const bottom = top + stacks.length * ROW;
  const head = [work.work, work.size].map(
    (text, index) =>
      `<text x="${x + 6}" y="${y + 12 + 14 * index}"${index === 0 ? ' class="work"' : ''}>${text}</text>`,
  );
  const ticks = TICKS.map((ratio) => {
    const at = (start + along(ratio)).toFixed(1);
    const name = ratio < 1 ? `1/${1 / ratio}` : `${ratio}`;
    return `<line x1="${at}" x2="${at}" y1="${top}" y2="${bottom}" class="${ratio === 1 ? 'one' : 'tick'}"/><text x="${at}" y="${top - 4}" text-anchor="middle" class="tick-name">${name}</text>`;
  });
  const bars = stacks.flatMap((stack, index) => {
    const ratio = ratioOf(work, stack, REFERENCE);
    if (ratio === undefined) return [];
    const [from = 0, to = 0] = [along(1), along(ratio)].sort((a, b) => a - b);
    const own = stack === OURS ? ' class="ours"' : '';
    const row = top + index * ROW;
    return `<text x="${start - 4}" y="${row + 14}" text-anchor="end"${own}>${ratioName(ratio)}</text><rect x="${(start + from).toFixed(1)}" y="${row + 4}" width="${(to - from).toFixed(1)}" height="${BAR}"${own}/>`;
  });
  return [...head, ...ticks, ...bars];
}

/**
 * The same of our stack alone, for a table: a line for each kind of work, a column for each size. Where strings count,
 * also beside grpc-js with the same ones.
 */
export function summaryOf(tables: string): string[][] {
  const results = readResults(tables).filter(({ size }) => BANDS.flat().includes(size));
  const sizes = [...new Set(results.map(({ size }) => size))];
  const works = [...new Set(results.map(({ work }) => work))];
  const cell = (result: OneStream | undefined) => {
    const ratio = result && ratioOf(result, OURS, REFERENCE);
    const same = result && ratioOf(result, OURS, `${REFERENCE}+strings`);
    if (ratio === undefined) return '';
    return ratioName(ratio) + (same === undefined ? '' : `; ${ratioName(same)} with the same strings`);
  };
  return [
    ['CPU for each message', ...sizes],
    ...works.map((work) => [
      work,
      ...sizes.map((size) => cell(results.find((result) => result.work === work && result.size === size))),
    ]),
  ];
}
