import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unary } from 'grpc-streams';
import { run } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { channelCredentials, serverCredentials } from '../src/tls.ts';
import type { Words } from './echo-service.ts';
import { connect, serve } from './start.ts';

const certs = (...args: string[]) => run(['node', '--import', 'tsx', 'dev/make-certificates.ts', ...args]);

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'certs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'certs');
}

const certificate = (folder: string, name: string) => new X509Certificate(readFileSync(join(folder, `${name}.pem`)));

test('a server and a client talk by mutual TLS with what it makes', async () => {
  const folder = emptyFolder();
  const { exit, stdout, stderr } = await certs(folder, '--name', 'chat.example', '--name', '10.0.0.1', '--days', '3');
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout).toContain('for localhost, 127.0.0.1, ::1, chat.example, 10.0.0.1, until ');

  const tls = (name: string) => ({ tlsCert: join(folder, `${name}.pem`), tlsKey: join(folder, `${name}.key`) });
  const tlsCa = join(folder, 'ca.pem');
  const echo = { say: unary<Words, Words>((words) => words) };
  const credentials = serverCredentials({ ...tls('server'), tlsClientCa: tlsCa });
  const { port } = await serve(echo, { credentials });
  for (const host of ['localhost', '127.0.0.1']) {
    const client = connect(`${host}:${port}`, channelCredentials({ tlsCa, ...tls('client') }));
    expect(await client.say('Hi')).toEqual({ text: 'Hi' });
  }

  const server = certificate(folder, 'server');
  expect(server.checkHost('chat.example')).toBe('chat.example');
  expect(server.checkIP('::1')).toBe('::1');
  expect(server.checkIP('10.0.0.1')).toBe('10.0.0.1');
  expect(Date.parse(server.validTo) - Date.now()).toBeGreaterThan(2 * 86_400_000);
  expect(Date.parse(server.validTo) - Date.now()).toBeLessThan(3 * 86_400_000);
});

test('private keys are for their owner alone, even where a file was open to all', async () => {
  const folder = emptyFolder();
  await certs(folder);
  rmSync(join(folder, 'server.key'));
  writeFileSync(join(folder, 'server.key'), '', { mode: 0o666 });
  await certs(folder);
  expect(readdirSync(folder)).toEqual(['ca.key', 'ca.pem', 'client.key', 'client.pem', 'server.key', 'server.pem']);
  for (const name of ['ca', 'server', 'client']) expect(statSync(join(folder, `${name}.key`)).mode & 0o777).toBe(0o600);
});

test('a CA that is there is used again, unless --force makes a new one', async () => {
  const folder = emptyFolder();
  const first = await certs(folder);
  expect(first.stdout).toMatch(/ca\.pem: the CA, new;/);
  const ca = certificate(folder, 'ca');
  const { stdout } = await certs(folder, '--days', '0');
  expect(stdout).toMatch(/ca\.pem: the CA, which was there;/);
  expect(certificate(folder, 'ca').fingerprint).toBe(ca.fingerprint);
  expect(certificate(folder, 'server').checkIssued(ca)).toBe(true);
  expect(Date.parse(certificate(folder, 'server').validTo)).toBeLessThanOrEqual(Date.now());

  await certs(folder, '--force');
  expect(certificate(folder, 'ca').subject).not.toBe(ca.subject);
  expect(certificate(folder, 'server').checkIssued(ca)).toBe(false);
});

test('a CA that cannot sign is told in one line and left as it is', async () => {
  const folder = emptyFolder();
  await certs(folder);
  const key = join(folder, 'ca.key');
  writeFileSync(key, readFileSync(join(folder, 'server.key')));
  expect(await certs(folder)).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Error: cannot sign with ${join(folder, 'ca.pem')} and ca.key: the key is not that of the certificate; --force makes new ones\n`,
  });
  rmSync(key);
  expect((await certs(folder)).stderr).toBe(`Error: cannot read ${key} (ENOENT); --force makes a new CA\n`);
});

test('what cannot be done is told in words', async () => {
  const file = join(emptyFolder(), '../file');
  writeFileSync(file, '');
  expect(await certs(file)).toEqual({ exit: 1, stdout: '', stderr: `Error: cannot write ${file}/ca.key (ENOTDIR)\n` });
  const { exit, stderr } = await certs('--name', 'two words');
  expect(exit).toBe(2);
  expect(stderr).toMatch(/^error: option '--name <host>' argument 'two words' is invalid\. It must be a host name/);
});
