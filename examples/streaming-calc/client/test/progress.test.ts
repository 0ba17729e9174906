import { expect, test } from 'vitest';
import { Progress } from '../src/progress.ts';

/** Sends so many values past the progress of this terminal, and gives what the terminal shows in the end. */
async function watch(count: number, isTTY: boolean): Promise<{ shown: string[]; progress: Progress }> {
  const shown: string[] = [];
  const progress = new Progress({ isTTY, write: (text: string) => shown.push(text) });
  async function* values(): AsyncGenerator<number> {
    for (let n = 0; n < count; n++) yield n;
  }
  let expected = 0;
  for await (const value of progress.of(values())) expect(value).toBe(expected++);
  expect(expected).toBe(count);
  return { shown, progress };
}

test('a terminal is told of every ten thousand values, in one line that is taken away', async () => {
  const { shown, progress } = await watch(25_000, true);
  expect(shown).toEqual(['\r10,000 values sent', '\r20,000 values sent']);
  progress.clear();
  progress.clear();
  expect(shown.slice(2)).toEqual(['\r\x1b[K']);
});

test('a short input, and what is no terminal, see nothing of it', async () => {
  for (const [count, isTTY] of [
    [9_999, true],
    [25_000, false],
  ] as const) {
    const { shown, progress } = await watch(count, isTTY);
    progress.clear();
    expect(shown).toEqual([]);
  }
});
