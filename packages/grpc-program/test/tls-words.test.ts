import { until } from 'testing';
import { expect, test } from 'vitest';
import { type Authority, makeAuthority } from './certificates.ts';
import { shortLived, temporaryFolder } from './files.ts';
import { logLines, runProgram, startEchoServer } from './programs.ts';

const SLOW = { timeout: 20_000 };

const authority = makeAuthority('Test CA');
const stranger = makeAuthority('Another CA');

/** Certificates in files, as arguments of the programs. */
function identities() {
  const { file } = temporaryFolder();
  let files = 0;
  const pair = ({ cert, key }: { cert: string; key: string }) => {
    const name = `${++files}`;
    return ['--tls-cert', file(`${name}.pem`, cert), '--tls-key', file(`${name}.key`, key)];
  };
  const ca = ({ cert }: Authority) => file(`${++files}-ca.pem`, cert);
  return { pair, ca };
}

async function shouldFail(address: string, args: readonly string[]): Promise<string> {
  const { exit, stdout, stderr } = await runProgram('echo-client', ['--address', address, ...args, 'hello']);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toMatch(/^Error: .+\n$/);
  return stderr.slice('Error: UNAVAILABLE: '.length).trim();
}

const HUNG_UP = 'the server hung up; it may want TLS (--tls-ca), or a certificate of another CA (--tls-cert)';
const LEFT = 'TLS: the client left during the handshake; it may not trust the certificate of this server';

test('what is wrong with TLS is one line on both sides', SLOW, async () => {
  const { pair, ca } = identities();
  const { program, address } = await startEchoServer(pair(authority.issue('server')));
  expect(await shouldFail(address, [])).toBe(HUNG_UP);
  expect(await shouldFail(address, ['--tls-ca', ca(stranger)])).toBe(
    'the certificate of the server is not from the CA of --tls-ca',
  );
  await until(() => logLines(program).length === 2);
  expect(logLines(program)).toMatchObject([
    { level: 'warn', msg: 'TLS: the client does not speak TLS', peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
    { level: 'warn', msg: LEFT },
  ]);
});

test('what is wrong with mutual TLS is one line on both sides', SLOW, async () => {
  const { pair, ca } = identities();
  const tlsCa = ['--tls-ca', ca(authority)];
  const { program, address } = await startEchoServer([
    ...pair(authority.issue('server')),
    '--tls-client-ca',
    ca(authority),
  ]);
  expect(await shouldFail(address, tlsCa)).toBe('the server wants a client certificate: --tls-cert and --tls-key');
  expect(await shouldFail(address, [...tlsCa, ...pair(stranger.issue('uninvited'))])).toBe(HUNG_UP);
  await until(() => logLines(program).length === 2);
  expect(logLines(program)).toMatchObject([
    { level: 'warn', msg: 'TLS: the client showed no certificate' },
    { level: 'warn', msg: 'TLS: the certificate of the client is not from the CA of --tls-client-ca' },
  ]);
});

test('a client with TLS is told that the server has none', SLOW, async () => {
  const { address } = await startEchoServer();
  expect(await shouldFail(address, ['--tls-ca', identities().ca(authority)])).toBe(
    'the server does not speak TLS; leave out --tls-ca',
  );
});

test.for(['echo-server', 'echo-client'])('%s refuses to start with an expired certificate', SLOW, async (program) => {
  const { pair, ca } = identities();
  const [option = '', path = '', ...key] = pair(await shortLived(authority, new Date(Date.UTC(2026, 0, 31))));
  const args = [option, path, ...key, ...(program === 'echo-client' ? ['--tls-ca', ca(authority)] : [])];
  expect(await runProgram(program, args)).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Error: the certificate ${path} expired on Jan 31 00:00:00 2026 GMT\n`,
  });
});

test('a certificate that expires while the server runs is one line on both sides', SLOW, async () => {
  const { pair, ca } = identities();
  const lastsUntil = Date.now() + 5_000;
  const { program, address } = await startEchoServer(pair(await shortLived(authority, new Date(lastsUntil))));
  // Certificates count in seconds.
  await until(() => Date.now() > lastsUntil + 1_000, 10_000);
  expect(await shouldFail(address, ['--tls-ca', ca(authority)])).toBe('the certificate of the server has expired');
  await until(() => logLines(program).length === 1);
  expect(logLines(program)).toMatchObject([{ level: 'warn', msg: LEFT }]);
});
