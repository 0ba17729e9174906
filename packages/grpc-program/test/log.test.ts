import { execFileSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { Program, skip } from 'testing';
import { expect, onTestFinished, test } from 'vitest';

const hasScript = () => {
  try {
    return execFileSync('script', ['--version']).includes('util-linux');
  } catch {
    return false;
  }
};

test('on a terminal the log is lines for people', { timeout: 20_000 }, async (context) => {
  if (!hasScript()) skip(context, 'this machine has no `script` of util-linux, which makes a terminal');
  const log = `import { makeLog } from './src/log.ts'; makeLog('x', 'info').info({ method: '/Chat/chat', status: 'OK' }, 'call ended')`;
  const program = new Program(['script', '-qec', `node --import tsx -e "${log}"`, '/dev/null']);
  onTestFinished(() => program[Symbol.asyncDispose]());
  expect(await program.ended).toBe(0);
  // Without the colours.
  const [line] = stripVTControlCharacters(program.stdout).split('\r\n');
  expect(line).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: call ended \{"method":"\/Chat\/chat","status":"OK"\}$/);
});
