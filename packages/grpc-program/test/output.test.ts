import { expect, test } from 'vitest';
import { Output } from '../src/output.ts';

/** An output of a stream that works as stdout does, and that is read, or fails, when the test says so. */
function start(waitingBytes: number) {
  let text = '';
  let waiting: { line: string; done: (error?: Error) => void }[] = [];
  const stream = {
    get writableLength() {
      return waiting.reduce((bytes, { line }) => bytes + line.length, 0);
    },
    write: (line: string, done: (error?: Error) => void) => waiting.push({ line, done }),
    on: () => {},
  };
  const output = new Output(stream, (lines) => `${lines} dropped`, waitingBytes);
  const end = (error?: Error) => {
    while (waiting.length > 0) {
      const ended = waiting;
      waiting = [];
      for (const { line, done } of ended) {
        if (!error) text += line;
        done(error);
      }
    }
  };
  return {
    print: (...lines: string[]) => lines.forEach((line) => void output.print(line)),
    dropped: () => output.dropped,
    fail: () => end(new Error('no space left on device')),
    /** @returns all that was ever read */
    read() {
      end();
      return text;
    },
  };
}

test('lines arrive in their order', () => {
  const { print, read } = start(100);
  print('1', '2', '3');
  expect(read()).toBe('1\n2\n3\n');
});

test('what nobody reads is dropped beyond what may wait, and then one line says how many', () => {
  const { print, read } = start(5);
  print('1', '2', '3', '4', '5', '6');
  expect(read()).toBe('1\n2\n3\n3 dropped\n');
  print('7');
  expect(read()).toBe('1\n2\n3\n3 dropped\n7\n');
});

test('lines that could not be written are counted, once others can', () => {
  const { print, read, fail } = start(100);
  print('1', '2');
  fail();
  print('3');
  expect(read()).toBe('3\n2 dropped\n');
});

test('what was dropped and what failed is one count', () => {
  const { print, read, fail, dropped } = start(1);
  print('1', '2', '3');
  expect(dropped()).toBe(2);
  expect(read()).toBe('1\n2 dropped\n');
  print('4', '5', '6');
  fail();
  print('7');
  expect(read()).toBe('1\n2 dropped\n7\n3 dropped\n');
  expect(dropped()).toBe(5);
});
