import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { run } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { jwtVerifier } from '../src/server/index.ts';
import { readSecret, readToken } from '../src/tls.ts';

const jwt = (...args: string[]) => run(['node', '--import', 'tsx', 'dev/make-token.ts', ...args]);

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('it makes the secret once, for its owner alone, and tokens that a server with that secret takes', async () => {
  const secret = join(emptyFolder(), 'jwt.secret');
  const first = await jwt('--secret', secret, '--seconds', '60', '--subject', 'Ann');
  expect(first).toMatchObject({ exit: 0, stderr: `made the secret ${secret}\n` });
  expect(statSync(secret).mode & 0o777).toBe(0o600);
  const second = await jwt('--secret', secret);
  expect(second).toMatchObject({ exit: 0, stderr: '' });

  const verify = jwtVerifier(readSecret(secret));
  const expiresAt = (await verify(first.stdout.trim())) ?? 0;
  expect(expiresAt - Date.now()).toBeGreaterThan(30_000);
  expect(expiresAt - Date.now()).toBeLessThanOrEqual(60_000);
  expect(decodeJwt(first.stdout).sub).toBe('Ann');
  await verify(second.stdout.trim());
});

test('--out writes a file that only its owner can read, and that --token takes', async () => {
  const folder = emptyFolder();
  const out = join(folder, 'token');
  const { stdout } = await jwt('--secret', join(folder, 'jwt.secret'), '--out', out);
  expect(stdout).toBe(`${out}: for developer, 3600 s\n`);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  await jwtVerifier(readSecret(join(folder, 'jwt.secret')))(readToken(out));
});

test('a secret that is too short is told in one line and left as it is', async () => {
  const secret = join(emptyFolder(), 'jwt.secret');
  writeFileSync(secret, 'short');
  const stderr = `Error: the secret in ${secret} is shorter than 32 bytes\n`;
  expect(await jwt('--secret', secret)).toEqual({ exit: 1, stdout: '', stderr });
  expect(readFileSync(secret, 'utf8')).toBe('short');
});
