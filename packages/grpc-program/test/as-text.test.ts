import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { inTerminal, programCommand, run } from '@grpc-by-example/testing';
import { statusError, unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import { asJsonText, asText } from '../src/as-text.ts';
import type { Words } from './echo-service.ts';
import { fixture } from './programs.ts';
import { serve } from './start.ts';

/** A colour, a new line, a bell, what turns the direction, the C1 form of an escape, another new line, a tab. */
const NASTY = 'a\x1b[31mb\nc\x07d\u202ee\u009bf\u2028g\t';
const AS_TEXT = 'a\\x1b[31mb\\nc\\x07d\\u202ee\\x9bf\\u2028g\\t';

test('what a terminal would obey is shown as text, and what people read as it is', () => {
  expect(asText(NASTY)).toBe(AS_TEXT);
  expect(asText('\u{e0001}\ud800')).toBe('\\u{e0001}\\ud800');
  for (const text of ['', 'plain', 'naïve café', '中文', '🎉', '👩\u200d👧', 'tick\\tock', '‘quoted’ – 5 € '])
    expect(asText(text)).toBe(text);
});

test('a line of JSON stays JSON of the same text', () => {
  const line = asJsonText(JSON.stringify({ text: `${NASTY}\u{e0001}` }));
  expect(JSON.parse(line)).toEqual({ text: `${NASTY}\u{e0001}` });
  expect(line).toMatch(/^[\x20-\x7e]+$/);
});

test.concurrent('a client prints what a server says as text: its messages and the details of its status', async () => {
  const server = await serve({
    say: unary<Words, Words>(({ text }) => {
      if (text === 'fail') throw statusError(3, NASTY);
      return { text: NASTY };
    }),
  });
  const client = programCommand(join(import.meta.dirname, 'fixtures/saying-client.ts'));
  const at = ['--address', `127.0.0.1:${server.port}`];
  expect((await run([...client, ...at, 'hello'])).stdout).toBe(`${AS_TEXT}\n`);
  const { stderr } = await run([...client, ...at, 'fail']);
  expect(stderr).toMatch(/^Error: INVALID_ARGUMENT: a\\x1b\[31mb .*\n$/);
  expect(stderr.trimEnd()).toMatch(/^[\x20-\x7e]+$/);
});

test.concurrent('a log shows what a client says as text, in a pipe and on a terminal', async (context) => {
  const logged = fixture('log-line', NASTY);
  const { stderr } = await run(logged);
  expect(stderr.trimEnd()).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(stderr).method).toBe(NASTY);
  const { stdout } = await run(inTerminal(context, logged));
  expect(stripVTControlCharacters(stdout)).toContain(AS_TEXT);
});
