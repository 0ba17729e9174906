import { createRequire } from 'node:module';
import { BinaryReader, BinaryWriter } from 'google-protobuf';
import { expect, test } from 'vitest';
import '../index.cjs';

const FIELD = 7;

function write(text: string): Uint8Array {
  const writer = new BinaryWriter();
  writer.writeString(FIELD, text);
  return writer.getResultBuffer();
}

function read(bytes: Uint8Array): string {
  const reader = new BinaryReader(bytes);
  reader.nextField();
  expect(reader.getFieldNumber()).toBe(FIELD);
  return reader.readString();
}

/** The field as any other implementation writes it. */
function onTheWire(text: Buffer): Buffer {
  const length = text.length < 128 ? [text.length] : [(text.length % 128) + 128, text.length >> 7];
  return Buffer.concat([Buffer.from([FIELD * 8 + 2, ...length]), text]);
}

const characters = ['x', '\0', 'é', 'ẞ', '中', '🎉', '\ufffd', '\u2028', '\ufeff'];
const lengths = [0, 1, 2, 15, 31, 32, 33, 127, 128, 1_000];

test.each(characters)('%j is UTF-8 on the wire, and comes back, in strings of any length', (character) => {
  for (const length of lengths) {
    for (const text of [
      character.repeat(length),
      `${'a'.repeat(length)}${character}`,
      `${character}${'z'.repeat(length)}`,
    ]) {
      const bytes = write(text);
      expect(Buffer.from(bytes)).toEqual(onTheWire(Buffer.from(text)));
      expect(read(bytes)).toBe(text);
    }
  }
});

test.each([
  ['a stray continuation', [0x61, 0x80, 0x62]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['half a surrogate pair', [0xed, 0xa0, 0x80]],
  ['a character that is cut off', [0xe4, 0xb8]],
  ['more than Unicode has', [0xf5, 0x80, 0x80, 0x80]],
])('%s is refused', (_, bytes) => {
  for (const before of ['', 'x'.repeat(100)]) {
    const text = Buffer.concat([Buffer.from(before), Buffer.from(bytes)]);
    expect(() => read(onTheWire(text))).toThrow('a string that is not UTF-8');
  }
});

test('half a surrogate pair is written as the character that stands for it', () => {
  expect(read(write('a\ud800b'))).toBe('a\ufffdb');
  expect(read(write(`${'a'.repeat(100)}\udc00`))).toBe(`${'a'.repeat(100)}\ufffd`);
});

test('a string that is longer than its message is refused', () => {
  expect(() => read(onTheWire(Buffer.alloc(100, 'x')).subarray(0, 50))).toThrow();
});

test('repeated strings are written as strings, and nothing for none', () => {
  const writer = new BinaryWriter();
  writer.writeRepeatedString(FIELD, ['a', 'é'.repeat(50)]);
  expect(Buffer.from(writer.getResultBuffer())).toEqual(
    Buffer.concat([onTheWire(Buffer.from('a')), onTheWire(Buffer.from('é'.repeat(50)))]),
  );
  const empty = new BinaryWriter();
  empty.writeString(FIELD);
  expect(empty.getResultBuffer()).toHaveLength(0);
});

test('of bytes fields, a message has 65,536 at most; of strings, as many as find room; with two copies, too', () => {
  const require = createRequire(import.meta.url);
  for (let copy = 1; copy <= 2; copy++) {
    delete require.cache[require.resolve('../index.cjs')];
    require('../index.cjs');
  }
  const readAll = (count: number, read: (reader: BinaryReader) => unknown) => {
    const reader = new BinaryReader(new Uint8Array(Buffer.alloc(2 * count, Buffer.of(FIELD * 8 + 2, 0))));
    while (reader.nextField()) read(reader);
  };
  readAll(65_536, (reader) => reader.readBytes());
  readAll(65_537, (reader) => reader.readString());
  expect(() => readAll(65_537, (reader) => reader.readBytes())).toThrow('more than 65536 bytes fields');
});
