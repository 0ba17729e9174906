import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { skip, temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { countIndependently } from '../../proto/test/count-independently.mts';
import { fingerprint, type Plan, plan } from '../src/counting/plan.ts';
import type { Split } from '../src/counting/text-file.ts';
import { filesOf } from './files.ts';

const KIB = 2 ** 10;
const textOf = ({ file, start, length }: Split) => readFileSync(file.path).subarray(start, start + length);
const texts = ({ splits }: Plan) => splits.map(textOf);

/** Words of many scripts and lengths, with characters of 1 to 4 bytes, marks, and white space of all kinds. */
function mixedText(words: number): string {
  const alphabet = ['a', 'Z', '7', 'é', 'e\u0301', 'ß', 'İ', 'ש', '語', '\u{1F1F1}', '\u{10400}', "'", '-', '。'];
  const spaces = [' ', '\n', '\r\n', '\t', '\f', '\u00a0', '\u3000', '\u2028'];
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  let text = '';
  for (let word = 0; word < words; word++) {
    for (let length = 1 + random(12); length > 0; length--) text += alphabet[random(alphabet.length)];
    text += spaces[random(spaces.length)];
  }
  return text;
}

test('the splits of a file are the file, and cut neither a word nor a character', () => {
  const text = mixedText(20_000);
  const planned = plan(filesOf(text));
  expect(Buffer.concat(texts(planned)).equals(Buffer.from(text))).toBe(true);
  expect(planned.splits.length).toBeGreaterThan(10);
  for (const part of texts(planned)) expect(part.toString()).not.toContain('\ufffd');
  expect(countIndependently(...texts(planned))).toEqual(countIndependently(text));
});

test('a short text is cut too, so that several workers have something to do; a long one into parts that fit', () => {
  expect(plan(filesOf('word '.repeat(2_000))).splits.length).toBeGreaterThanOrEqual(8);
  const long = plan(filesOf('word '.repeat(4 * KIB * KIB)));
  expect(long.splits.length).toBeGreaterThanOrEqual(40);
  for (const { length } of long.splits) expect(length).toBeLessThan(KIB * KIB);
  expect(long.partitions).toBeGreaterThan(4);
});

test('each file is cut by itself: no word goes on from one to the next', () => {
  const planned = plan(filesOf('to', 'get', 'her'));
  expect(texts(planned).map(String)).toEqual(['to', 'get', 'her']);
  expect(planned).toMatchObject({ files: [{ size: 2 }, { size: 3 }, { size: 3 }], bytes: 8, partitions: 4 });
});

test('a text that has no white space is cut at what is in no word', () => {
  const sentence = '我們在這裡數字詞，一個一個地數。';
  const text = sentence.repeat(Math.ceil((300 * KIB) / Buffer.byteLength(sentence)));
  const planned = plan(filesOf(text));
  expect(planned.splits.length).toBeGreaterThanOrEqual(12);
  expect(countIndependently(...texts(planned))).toEqual(countIndependently(text));
});

test('a cut parts nothing that Unicode composes, and each text begins with what is in no word', () => {
  // A cut within "<" and its stroke, of which the normalised text has one sign, would make a word of the stroke.
  const text = `${'<\u0338x'.repeat(500)}${'e\u0301\u3002'.repeat(500)}${'\u1100\u1161\u11a8-'.repeat(500)}`;
  const planned = plan(filesOf(text));
  expect(planned.splits.length).toBeGreaterThan(5);
  for (const part of texts(planned).slice(1)) expect(part.toString()).toMatch(/^[^\p{L}\p{M}\p{N}]/u);
  expect(countIndependently(...texts(planned))).toEqual(countIndependently(text));
});

test('a long word is not cut; one that no message can hold is refused', () => {
  for (const word of ['x'.repeat(100 * KIB), '語'.repeat(100 * KIB), 'x'.repeat(KIB * KIB)]) {
    expect(texts(plan(filesOf(`a ${word} b`))).some((part) => part.includes(word))).toBe(true);
    expect(texts(plan(filesOf(word))).map(String)).toEqual([word]);
  }
  const [path = ''] = filesOf(`a ${'x'.repeat(2 * KIB * KIB)}`);
  expect(() => plan([path])).toThrow(`${path} has a word of more than 1 MiB, too long for a message`);
});

test('empty files are told; nothing but empty files, or no file, is nothing to count', () => {
  const [empty = '', full = ''] = filesOf('', 'word');
  expect(plan([empty, full]).files).toMatchObject([{ path: empty, size: 0 }, { path: full }]);
  expect(() => plan([empty])).toThrow(`there is nothing to count: ${empty}`);
  expect(() => plan([])).toThrow('there is nothing to count: no file');
});

test.each([
  ['UTF-16', Buffer.from('\ufefftext', 'utf16le'), 'is not a text file'],
  ['Latin-1', Buffer.from('caf\u00e9 au lait', 'latin1'), 'is not a text file in UTF-8'],
  ['half a character at the end', Buffer.from('語').subarray(0, 2), 'is not a text file in UTF-8'],
])('what is no text is refused: %s', (_, bytes, words) => {
  const [path = ''] = filesOf(bytes);
  expect(() => plan([path])).toThrow(`${path} ${words}`);
});

test('whatever is UTF-8 is a text, control characters and zero bytes too', () => {
  const text = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).join('');
  expect(Buffer.concat(texts(plan(filesOf(text)))).toString()).toBe(text);
});

test('what cannot be read is refused: nothing there, a folder, a device, no permission, a pipe', (context) => {
  const folder = temporaryFolder();
  expect(() => plan([join(folder, 'none')])).toThrow(/^cannot read .*none: ENOENT/);
  expect(() => plan([folder])).toThrow(`${folder} is a folder`);
  expect(() => plan(['/dev/zero'])).toThrow('/dev/zero is no regular file');
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(() => plan([pipe])).toThrow(`${pipe} is no regular file`);
  if (process.getuid?.() === 0) skip(context, 'root may read everything');
  const [locked = ''] = filesOf('text');
  chmodSync(locked, 0);
  expect(() => plan([locked])).toThrow(/^cannot read .*EACCES/);
});

test('the fingerprint is that of the texts, in their order, wherever they are', () => {
  const name = (...texts: string[]) => fingerprint(plan(filesOf(...texts)));
  expect(name('one ', 'two ')).toBe(name('one ', 'two '));
  const all = [name('one ', 'two '), name('two ', 'one '), name('one two '), name('one '), name('one ', 'twp ')];
  expect(new Set(all).size).toBe(all.length);
  const [path = ''] = filesOf('before');
  const before = fingerprint(plan([path]));
  writeFileSync(path, 'afterw');
  expect(fingerprint(plan([path]))).not.toBe(before);
});
