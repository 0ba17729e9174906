import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programCommand, run, temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

const DAY_MS = 86_400_000;

const certs = (...args: string[]) => run(programCommand(join(import.meta.dirname, '../src/certs/main.ts'), ...args));

const newFolder = () => join(temporaryFolder(), 'certs');

const certificate = (folder: string, name: string) => new X509Certificate(readFileSync(join(folder, `${name}.pem`)));

test.concurrent('the certificate of the server is for this machine and the names, for as many days', async () => {
  const folder = newFolder();
  const before = Date.now();
  const { exit, stdout, stderr } = await certs(folder, '--name', 'chat.example', '--name', '10.0.0.1', '--days', '3');
  const after = Date.now();
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const server = certificate(folder, 'server');
  const until = new Date(server.validTo).toISOString().slice(0, 10);
  expect(stdout).toContain(`for localhost, 127.0.0.1, ::1, chat.example, 10.0.0.1, until ${until}`);
  expect(server.checkHost('chat.example')).toBe('chat.example');
  expect(server.checkIP('::1')).toBe('::1');
  expect(server.checkIP('10.0.0.1')).toBe('10.0.0.1');
  // Certificates count in seconds.
  expect(Date.parse(server.validTo)).toBeGreaterThan(before + 3 * DAY_MS - 1_000);
  expect(Date.parse(server.validTo)).toBeLessThanOrEqual(after + 3 * DAY_MS);
  expect(server.checkIssued(certificate(folder, 'ca'))).toBe(true);
  expect(certificate(folder, 'client').checkIssued(certificate(folder, 'ca'))).toBe(true);
});

test.concurrent('private keys are for their owner alone, even where a file was open to all', async () => {
  const folder = newFolder();
  await certs(folder);
  rmSync(join(folder, 'server.key'));
  writeFileSync(join(folder, 'server.key'), '', { mode: 0o666 });
  await certs(folder);
  expect(readdirSync(folder)).toEqual(['ca.key', 'ca.pem', 'client.key', 'client.pem', 'server.key', 'server.pem']);
  for (const name of ['ca', 'server', 'client']) expect(statSync(join(folder, `${name}.key`)).mode & 0o777).toBe(0o600);
});

test.concurrent('a CA that is there is used again, unless --force makes a new one', async () => {
  const folder = newFolder();
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

test.concurrent('a CA that cannot sign is reported on one line and left as it is', async () => {
  const folder = newFolder();
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

test.concurrent('what cannot be done is told in words', async () => {
  const file = join(newFolder(), '../file');
  writeFileSync(file, '');
  const stderr = `Error: cannot write ${file}/ca.key: ENOTDIR: not a directory\n`;
  expect(await certs(file)).toEqual({ exit: 1, stdout: '', stderr });
});

test.concurrent.each([
  ['--name', 'two words', 'It must be a host name or an IP address.'],
  ['--days', '3651', 'It must be a whole number from 0 to 3650.'],
])('wrong usage is reported on one line, then the usage, exit 2: %s "%s"', async (option, value, wanted) => {
  const { exit, stdout, stderr } = await certs(option, value);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr).toMatch(
    new RegExp(`^error: option '${option} <\\w+>' argument '${value}' is invalid\\. ${wanted}\n\nUsage: certs `),
  );
});
