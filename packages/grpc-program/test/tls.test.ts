import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { unary } from 'grpc-streams';
import { describe, expect, test } from 'vitest';
import { channelCredentials } from '../src/client-credentials.ts';
import { OperatorError } from '../src/operator-error.ts';
import { readSecret, readToken } from '../src/secrets.ts';
import { serverCredentials } from '../src/server/server-credentials.ts';
import { newAuthority } from './certificates.ts';
import type { Words } from './echo-service.ts';
import { temporaryFiles } from './files.ts';
import { runProgram, typedIn } from './programs.ts';
import { connect, serve } from './start.ts';

const echo = { say: unary<Words, Words>((words) => words) };

const { path: folder, file } = temporaryFiles();
const [authority, stranger] = await Promise.all([newAuthority(), newAuthority()]);
const { tlsCa } = authority;
const strangerCa = stranger.tlsCa;
const [server, client, uninvited] = await Promise.all([authority.server(), authority.client(), stranger.client()]);
const missing = join(folder, 'missing.pem');
const prose = file('prose.pem', 'This is no certificate.');

describe.each([
  ['a server', serverCredentials, {}],
  ['a client', channelCredentials, { tlsCa }],
])('%s is told in words', (_, credentials, others) => {
  const { tlsCert, tlsKey } = server;

  function message(options: Record<string, string>): string {
    try {
      credentials({ ...others, ...options });
    } catch (error) {
      expect(error).toBeInstanceOf(OperatorError);
      return (error as Error).message;
    }
    return 'nothing was thrown';
  }

  test('which option goes with the one that it has', () => {
    expect(message({ tlsCert })).toMatch(/needs both --tls-cert and --tls-key/);
    expect(message({ tlsKey })).toMatch(/needs both --tls-cert and --tls-key/);
  });

  test('of which option the file cannot be read', () => {
    expect(message({ tlsCert: missing, tlsKey })).toMatch(/^cannot read the file of --tls-cert: .*missing\.pem/);
    expect(message({ tlsCert, tlsKey: folder })).toMatch(/^cannot read the file of --tls-key: EISDIR/);
  });

  test('of which option the file is not PEM', () => {
    expect(message({ tlsCert: prose, tlsKey })).toBe(`the file of --tls-cert is not in PEM format: ${prose}`);
    expect(message({ tlsCert, tlsKey: prose })).toBe(`the file of --tls-key is not in PEM format: ${prose}`);
  });

  test('that the certificate and the key do not belong together', () => {
    expect(message({ tlsCert, tlsKey: client.tlsKey })).toContain(
      `${tlsCert} and ${client.tlsKey} are not a certificate and its key`,
    );
    expect(message({ tlsCert: tlsKey, tlsKey: tlsCert })).toContain('are not a certificate and its key');
  });
});

test('the options for the CAs are named too', () => {
  expect(() => channelCredentials({ ...client })).toThrow('TLS needs --tls-ca');
  expect(() => channelCredentials({ tlsCa: prose })).toThrow('the file of --tls-ca is not in PEM format');
  expect(() => channelCredentials({ tlsCa: missing })).toThrow('cannot read the file of --tls-ca');
  expect(() => serverCredentials({ tlsClientCa: tlsCa })).toThrow('TLS needs both --tls-cert and --tls-key');
  expect(() => serverCredentials({ ...server, tlsClientCa: prose })).toThrow('--tls-client-ca is not in PEM format');
});

test.each(['--tls-ca', '--tls-client-ca'])(
  'a file of %s that is PEM but no certificate is refused in words',
  (option) => {
    const broken = file('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const credentials = () =>
      option === '--tls-ca'
        ? channelCredentials({ tlsCa: broken })
        : serverCredentials({ ...server, tlsClientCa: broken });
    expect(credentials).toThrow(OperatorError);
    expect(credentials).toThrow(option);
  },
);

test('a secret that is too short, and a token that cannot be read, are told in words', () => {
  const short = file('short', 'short\n');
  expect(() => readSecret(short)).toThrow(new OperatorError(`the secret in ${short} is shorter than 32 bytes`));
  expect(() => readToken(missing)).toThrow(OperatorError);
  expect(() => readToken(missing)).toThrow(/^cannot read the file of --token: .+$/);
});

test.each([
  ['', 0],
  ['\n', 0],
  ['\r\n', 0],
  ['\n\n', 1],
  [' ', 1],
  ['\0', 1],
])('a secret is the bytes of its file, less one line end: %j', (end, more) => {
  const bytes = Buffer.alloc(32, 0xfe);
  const secret = readSecret(file('secret', Buffer.concat([bytes, Buffer.from(end)])));
  expect(Buffer.from(secret)).toEqual(Buffer.concat([bytes, Buffer.from(end).subarray(0, more)]));
});

test('a relative path means the folder where the command was typed', async () => {
  const { path, file } = temporaryFiles();
  file('short', 'short');
  const { exit, stderr } = await runProgram('echo-server', ['--jwt-secret', 'short'], { env: typedIn(path) });
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: 'Error: the secret in short is shorter than 32 bytes\n' });
});

test('a secret of 11 characters is too short, even one that UTF-8 writes with 33 bytes', () => {
  const secret = file('few', Buffer.alloc(11, 0xfe));
  expect(() => readSecret(secret)).toThrow('is shorter than 32 bytes');
});

describe('with TLS', () => {
  test.concurrent('a client that knows the CA is served', async () => {
    const { port } = await serve(echo, { credentials: serverCredentials(server) });
    expect(await connect(`localhost:${port}`, channelCredentials({ tlsCa })).say('Hi')).toEqual({ text: 'Hi' });
  });

  test.concurrent.each([
    ['does not use TLS', {}],
    ['trusts another CA only', { tlsCa: strangerCa }],
  ])('a client that %s is not served', async (_, options) => {
    const { port } = await serve(echo, { credentials: serverCredentials(server) });
    const asking = connect(`localhost:${port}`, channelCredentials(options)).say('Hi');
    await expect(asking).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });
});

describe('with mutual TLS', () => {
  const start = () => serve(echo, { credentials: serverCredentials({ ...server, tlsClientCa: tlsCa }) });

  test.concurrent('a client with a certificate of the CA is served', async () => {
    const { port } = await start();
    expect(await connect(`localhost:${port}`, channelCredentials({ tlsCa, ...client })).say('Hi')).toEqual({
      text: 'Hi',
    });
  });

  test.concurrent.each([
    ['without a certificate', {}],
    ['with a certificate of another CA', uninvited],
  ])('a client %s is not served', async (_, identity) => {
    const { port } = await start();
    const asking = connect(`localhost:${port}`, channelCredentials({ tlsCa, ...identity })).say('Hi');
    await expect(asking).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });
});
