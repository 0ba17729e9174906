import { run } from 'testing';
import { expect, test, vi } from 'vitest';
import { client, cwd } from './start.ts';

vi.setConfig({ testTimeout: 30_000 });

const NO_TIME = 'It must be a number from 0.001 to 86400.';
const NO_COUNT = 'It must be a whole number from 1 on.';

test.concurrent.each([
  ['--interval', 'abc', NO_TIME],
  ['--interval', '', NO_TIME],
  ['--interval', '0', NO_TIME],
  ['--interval', '-1', NO_TIME],
  ['--interval', '1.2.3', NO_TIME],
  ['--interval', '86401', NO_TIME],
  ['--interval', 'Infinity', NO_TIME],
  ['--count', '0', NO_COUNT],
  ['--count', '1.5', NO_COUNT],
  ['--count', '0x10', NO_COUNT],
])('wrong usage is told in one line, then the usage; the exit code is 2: %s %s', async (option, value, why) => {
  const { exit, stdout, stderr } = await run(client('127.0.0.1:1', option, value), { cwd });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  const [line, empty, usage] = stderr.split('\n');
  expect(line).toMatch(/^error: option '--\w+ <\w+>' argument '.*' is invalid\. /);
  expect(line).toContain(why);
  expect([empty, usage]).toEqual(['', 'Usage: message-client [options]']);
});

test.concurrent('--help shows every option and the unit of the interval', async () => {
  const { exit, stdout } = await run(client('127.0.0.1:1', '--help'), { cwd });
  expect(exit).toBe(0);
  for (const option of ['--name <text>', '--interval <seconds>', '--count <messages>', '--address <host:port>']) {
    expect(stdout).toContain(`${option} `);
  }
});
