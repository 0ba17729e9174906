import { until } from 'testing';
import { expect, test } from 'vitest';
import { asArguments, newAuthority } from './certificates.ts';
import { clientLine } from './faults/fault.ts';
import { logLines, runProgram, startEchoServer } from './programs.ts';

// What else can be wrong with TLS is in the table of the faults.

test.concurrent('a client refuses to start with an expired certificate', async () => {
  const { client, tlsCa } = await newAuthority();
  const pair = await client({ until: new Date(Date.UTC(2026, 0, 31)) });
  expect(await runProgram('echo-client', asArguments({ ...pair, tlsCa }))).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Error: the certificate ${pair.tlsCert} expired on Jan 31 00:00:00 2026 GMT\n`,
  });
});

test.concurrent('a certificate that expires while the server runs is one line on both sides', async () => {
  const { server, tlsCa } = await newAuthority();
  const { program, address } = await startedBeforeExpiry(server);
  expect(await clientLine(['--address', address, '--tls-ca', tlsCa, 'hello'])).toBe(
    'UNAVAILABLE: the certificate of the server has expired',
  );
  await until(() => logLines(program).length === 1);
  expect(logLines(program)).toMatchObject([
    {
      level: 'warn',
      msg: 'TLS: the client hung up during the handshake; it may not trust the certificate of this server',
    },
  ]);
});

/** A server that runs with a certificate that has just expired. */
async function startedBeforeExpiry(
  newPair: Awaited<ReturnType<typeof newAuthority>>['server'],
  lifeMs = 2_000,
): ReturnType<typeof startEchoServer> {
  const end = Date.now() + lifeMs;
  const args = asArguments(await newPair({ until: new Date(end) }));
  const started = await startEchoServer(args).catch(() => undefined);
  // On a busy machine it had expired before the server read it.
  if (!started) return startedBeforeExpiry(newPair, lifeMs * 2);
  await until(() => Date.now() > end + 1_000); // certificates count in seconds
  return started;
}
