import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { unary } from 'grpc-streams';
import { afterAll, describe, expect, test } from 'vitest';
import { OperatorError } from '../src/operator-error.ts';
import { channelCredentials, serverCredentials } from '../src/tls.ts';
import { makeAuthority } from './certificates.ts';
import type { Words } from './echo-service.ts';
import { connect, serve } from './start.ts';

const echo = { say: unary<Words, Words>((words) => words) };

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const authority = makeAuthority('Test CA');
const stranger = makeAuthority('Another CA');
const tlsCa = file('ca.pem', authority.cert);
const strangerCa = file('stranger-ca.pem', stranger.cert);

function pair(name: string, issuer = authority): { tlsCert: string; tlsKey: string } {
  const { cert, key } = issuer.issue(name);
  return { tlsCert: file(`${name}.pem`, cert), tlsKey: file(`${name}.key`, key) };
}

const server = pair('server');
const client = pair('client');
const uninvited = pair('uninvited', stranger);
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
    expect(message({ tlsCert: prose, tlsKey })).toBe(`the file of --tls-cert is not in PEM form: ${prose}`);
    expect(message({ tlsCert, tlsKey: prose })).toBe(`the file of --tls-key is not in PEM form: ${prose}`);
  });

  test('that the certificate and the key do not belong together', () => {
    expect(message({ tlsCert, tlsKey: client.tlsKey })).toContain(
      `${tlsCert} and ${client.tlsKey} are no certificate and its key`,
    );
    expect(message({ tlsCert: tlsKey, tlsKey: tlsCert })).toContain('are no certificate and its key');
  });
});

test('the options for the CAs are named too', () => {
  expect(() => channelCredentials({ ...client })).toThrow('TLS needs --tls-ca');
  expect(() => channelCredentials({ tlsCa: prose })).toThrow('the file of --tls-ca is not in PEM form');
  expect(() => channelCredentials({ tlsCa: missing })).toThrow('cannot read the file of --tls-ca');
  expect(() => serverCredentials({ tlsClientCa: tlsCa })).toThrow('TLS needs both --tls-cert and --tls-key');
  expect(() => serverCredentials({ ...server, tlsClientCa: prose })).toThrow('--tls-client-ca is not in PEM form');
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

describe('with TLS', () => {
  test('a client that knows the CA is served', async () => {
    const { port } = await serve(echo, { credentials: serverCredentials(server) });
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await connect(`${host}:${port}`, channelCredentials({ tlsCa })).say('Hi')).toEqual({ text: 'Hi' });
    }
  });

  test.each([
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

  test('a client with a certificate of the CA is served', async () => {
    const { port } = await start();
    expect(await connect(`localhost:${port}`, channelCredentials({ tlsCa, ...client })).say('Hi')).toEqual({
      text: 'Hi',
    });
  });

  test.each([
    ['without a certificate', {}],
    ['with a certificate of another CA', uninvited],
  ])('a client %s is not served', async (_, identity) => {
    const { port } = await start();
    const asking = connect(`localhost:${port}`, channelCredentials({ tlsCa, ...identity })).say('Hi');
    await expect(asking).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });
});
