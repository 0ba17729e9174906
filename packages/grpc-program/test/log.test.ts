import { stripVTControlCharacters } from 'node:util';
import { run, skip } from 'testing';
import { expect, test } from 'vitest';
import { fixture, hasScript } from './programs.ts';

test('on a terminal the log is lines for people', async (context) => {
  if (!hasScript()) skip(context, 'this machine has no `script` of util-linux, which makes a terminal');
  const { exit, stdout } = await run(['script', '-qec', fixture('log-line').join(' '), '/dev/null']);
  expect(exit).toBe(0);
  // Without the colours.
  const [line] = stripVTControlCharacters(stdout).split('\r\n');
  expect(line).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: call ended \{"method":"\/Chat\/chat","status":"OK"\}$/);
});
