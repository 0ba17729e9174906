import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signToken } from '@grpc-by-example/certificates';
import { asAtPort, run, until } from '@grpc-by-example/testing';
import { expect } from 'vitest';
import { readTrace } from '#stream-trace';
import { logLines, start } from './programs.ts';

/** What the service of the README prints, by the names of the README's blocks. */
export interface Printed {
  readonly server: string;
  readonly client: string;
  readonly 'no server': string;
  readonly 'log line': string;
  readonly metrics: string;
}

/**
 * Runs the service of the README as it says, and looks at what the page only tells: the trace, and the orderly stop.
 *
 * @param commandOf the command of its server, or its client
 * @param folder for a secret and a token
 */
export async function runExample(
  commandOf: (program: 'server' | 'client', ...args: string[]) => readonly string[],
  folder: string,
): Promise<Printed> {
  const [secretFile, tokenFile] = [join(folder, 'secret'), join(folder, 'token')];
  const secret = 'a secret of at least 32 bytes, for tests';
  await writeFile(secretFile, secret);
  const expiresAt = new Date(Date.now() + 3_600_000);
  await writeFile(tokenFile, await signToken(Buffer.from(secret), { subject: 'Ann', expiresAt }));

  const server = start(
    commandOf('server', '--port', '0', '--jwt-secret', secretFile, '--metrics-port', '0', '--trace'),
  );
  const [, address = '', metricsAddress = ''] = await server.prints(/ on (localhost:\d+)\. .*\nMetrics: (\S+)\n/);
  const client = await run(commandOf('client', '--address', address, '--token', tokenFile, 'one', 'two'));
  expect(client).toMatchObject({ exit: 0, stderr: '' });
  await until(() => logLines(server).some(({ msg }) => msg === 'call ended'));
  const metrics = await (await fetch(metricsAddress)).text();
  server.signal('SIGTERM');
  expect(await server.ended).toBe(0);
  expect(readTrace(server.stderr).filter(({ event, sent }) => event === 'message' && sent)).toHaveLength(2);

  const alone = await run(commandOf('client', '--address', '127.0.0.1:1', 'one'));
  const line = logLines(server).find(({ msg }) => msg === 'call ended') ?? {};
  const asShown = { time: 1_790_000_000_000, id: '4711-1', peer: '127.0.0.1:50123', milliseconds: 12 };
  expect(Object.keys(line)).toEqual(expect.arrayContaining(Object.keys(asShown)));
  return {
    server: server.stdout
      .replace(` --address ${address}`, '')
      .replace(address, 'localhost:9090')
      .replace(/(?<=127\.0\.0\.1:)\d+(?=\/metrics)/, '9464'),
    client: client.stdout,
    'no server': asAtPort(9090, alone.stderr),
    'log line': JSON.stringify({ ...line, ...asShown }),
    metrics: metrics
      .split('\n')
      .filter((text) => text.startsWith('grpc_server_msg'))
      .join('\n'),
  };
}
