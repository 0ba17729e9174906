import { readmeBlocks } from '@grpc-by-example/testing';

/**
 * The text to compare a block with: each line of what was measured that agrees with the line of the block is given as
 * the block has it, any other as measured.
 */
export function agreeing(
  page: string,
  source: string,
  measured: readonly string[],
  agree: (written: string, measured: string) => boolean,
): string {
  const written =
    readmeBlocks(page)
      .find((block) => block.source === source)
      ?.text.split('\n') ?? [];
  return measured.map((line, at) => (agree(written[at] ?? '', line) ? written[at] : line)).join('\n');
}

/** In the line that is written, what is in parentheses may come or not. */
export function maybeMissing(written: string, measured: string): boolean {
  const pattern = written
    .split(/(\([a-z-]+\), )/)
    .map((part) => (part.startsWith('(') ? `(?:${part.replace(/[()]/g, '')})?` : escaped(part)))
    .join('');
  return new RegExp(`^${pattern}$`).test(measured);
}

/** Numbers of up to so many per cent more or less are the same. */
export function within(percent: number): (written: string, measured: string) => boolean {
  const numbers = (line: string) => [...line.matchAll(/[\d,]+/g)].map(([text]) => Number(text.replaceAll(',', '')));
  const words = (line: string) => line.replace(/[\d,]+/g, '#').replace(/ +/g, ' ');
  return (written, measured) => {
    const expected = numbers(written);
    const isNear = (value: number, at: number) =>
      Math.abs(value - (expected[at] ?? Number.NaN)) <= 2 + (percent / 100) * (expected[at] ?? 0);
    return words(written) === words(measured) && numbers(measured).every(isNear);
  };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
