import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program, run, stopLater, temporaryFolder } from '@grpc-by-example/testing';
import { ServerProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';

const program = new ServerProgram('datahub-server', join(import.meta.dirname, '..'));

/** Whether a process, by what V8 says in the end of the scripts that it had, has loaded the client of NATS. */
function hasLoadedNats(folder: string): boolean {
  return readdirSync(folder).some((file) => {
    const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { result: { url: string }[] };
    const files = result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
    return files.some((url) => readFileSync(fileURLToPath(url), 'utf8').includes('@nats-io/transport-node/lib/'));
  });
}

test.concurrent('the client of NATS is loaded when a broker is named, and only then', async () => {
  const [without, withBroker] = [temporaryFolder(), temporaryFolder()];
  const server = new Program(program.command('--port', '0'), { env: { NODE_V8_COVERAGE: without } });
  stopLater(() => server[Symbol.asyncDispose]());
  await server.prints(/ listens on /);
  server.signal('SIGTERM');
  expect(await server.ended).toBe(0);
  expect(hasLoadedNats(without)).toBe(false);

  const { exit, stdout, stderr } = await run(program.command('--port', '0', '--broker', 'nats://127.0.0.1:1'), {
    env: { NODE_V8_COVERAGE: withBroker },
  });
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toBe('Error: no NATS server at 127.0.0.1:1: connection refused; see --broker\n');
  expect(hasLoadedNats(withBroker)).toBe(true);
});

test.concurrent.each([
  ['localhost:4222', 2],
  ['http://localhost:4222', 2],
  ['nats://', 2],
  ['nats://localhost:4222/path', 2],
  ['nats://a:4222,b:4222', 2],
  ['', 2],
])('a URL that is none is wrong usage: %s', async (url, expected) => {
  const { exit, stdout, stderr } = await program.run('--broker', url);
  expect({ exit, stdout }).toEqual({ exit: expected, stdout: '' });
  expect(stderr.split('\n')[0]).toContain('--broker <url>');
});

test.concurrent.each([
  [['--broker-ca', '/nowhere'], 'Error: cannot read the file of --broker-ca: ENOENT'],
  [['--broker-credentials', '/nowhere'], 'Error: cannot read the file of --broker-credentials: ENOENT'],
  [['--broker-cert', '/nowhere'], 'Error: a client certificate needs both --broker-cert and --broker-key'],
] as const)('a file that cannot be used is told in one line: %j', async (args, told) => {
  const { exit, stdout, stderr } = await program.run('--broker', 'nats://127.0.0.1:1', ...args);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr.startsWith(told)).toBe(true);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
