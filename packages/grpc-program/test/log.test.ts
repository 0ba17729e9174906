import { stripVTControlCharacters } from 'node:util';
import { inTerminal, run } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { fixture } from './programs.ts';

test('on a terminal the log is lines for people', async (context) => {
  const { exit, stdout } = await run(inTerminal(context, fixture('log-line')));
  expect(exit).toBe(0);
  // Without the colours.
  const [line] = stripVTControlCharacters(stdout).split('\r\n');
  expect(line).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: call ended \{"method":"\/Chat\/chat","status":"OK"\}$/);
});
