import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programCommand, run, temporaryFolder } from '@grpc-by-example/testing';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';

const jwt = (...args: string[]) => run(programCommand(join(import.meta.dirname, '../src/jwt/main.ts'), ...args));

/** What a server with that secret reads of a token. */
async function verified(token: string, secret: string) {
  const { payload } = await jwtVerify(token.trim(), Buffer.from(readFileSync(secret, 'utf8').trim()), {
    algorithms: ['HS256'],
  });
  return payload;
}

test.concurrent('it makes the secret once, for its owner alone, and tokens that are signed with it', async () => {
  const secret = join(temporaryFolder(), 'jwt.secret');
  const before = Math.floor(Date.now() / 1_000);
  const first = await jwt('--secret', secret, '--seconds', '60', '--subject', 'Ann');
  const after = Math.ceil(Date.now() / 1_000);
  expect(first).toMatchObject({ exit: 0, stderr: `made the secret ${secret}\n` });
  expect(statSync(secret).mode & 0o777).toBe(0o600);
  const second = await jwt('--secret', secret);
  expect(second).toMatchObject({ exit: 0, stderr: '' });

  // It may have expired by now.
  const { sub, exp = 0 } = JSON.parse(Buffer.from(first.stdout.split('.')[1] ?? '', 'base64url').toString());
  expect(sub).toBe('Ann');
  expect(exp).toBeGreaterThanOrEqual(before + 60);
  expect(exp).toBeLessThanOrEqual(after + 60);
  expect(await verified(second.stdout, secret)).toMatchObject({ sub: 'developer' });
});

test.concurrent('--out writes a file that only its owner can read', async () => {
  const folder = temporaryFolder();
  const [secret, out] = [join(folder, 'jwt.secret'), join(folder, 'token')];
  const { stdout } = await jwt('--secret', secret, '--out', out);
  expect(stdout).toBe(`${out}: for developer, 3600 s\n`);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(await verified(readFileSync(out, 'utf8'), secret)).toMatchObject({ sub: 'developer' });
});

test.concurrent('--out writes neither to a device nor over the secret, whatever its name there', async () => {
  const folder = temporaryFolder();
  const [secret, link] = [join(folder, 'jwt.secret'), join(folder, 'link')];
  symlinkSync(secret, link);
  const device = await jwt('--secret', secret, '--out', '/dev/null');
  expect(device).toMatchObject({ exit: 1, stdout: '' });
  expect(device.stderr).toContain('Error: /dev/null is a device, not a file\n');
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  const before = readFileSync(secret, 'utf8');
  const { exit, stdout, stderr } = await jwt('--secret', secret, '--out', link);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr.split('\n').slice(0, 3)).toEqual([
    `error: --out ${link} is the file of --secret`,
    '',
    'Usage: jwt [options]',
  ]);
  expect(readFileSync(secret, 'utf8')).toBe(before);
});

test.concurrent('a secret of any bytes is taken as it is', async () => {
  const secret = join(temporaryFolder(), 'jwt.secret');
  const bytes = Buffer.alloc(32, 0xfe);
  writeFileSync(secret, bytes);
  const { stdout } = await jwt('--secret', secret);
  const { payload } = await jwtVerify(stdout.trim(), bytes, { algorithms: ['HS256'] });
  expect(payload).toMatchObject({ sub: 'developer' });
});

test.concurrent('a secret that is too short, or cannot be read, is reported on one line and left as it is', async () => {
  const folder = temporaryFolder();
  const secret = join(folder, 'jwt.secret');
  writeFileSync(secret, 'short');
  const stderr = `Error: the secret in ${secret} is shorter than 32 bytes\n`;
  expect(await jwt('--secret', secret)).toEqual({ exit: 1, stdout: '', stderr });
  expect(readFileSync(secret, 'utf8')).toBe('short');
  expect((await jwt('--secret', folder)).stderr).toBe(`Error: cannot read ${folder} (EISDIR)\n`);
});

test.concurrent('it says for which audience, and by whom', async () => {
  const secret = join(temporaryFolder(), 'jwt.secret');
  const { stdout } = await jwt('--secret', secret, '--audience', 'chat', '--issuer', 'door');
  expect(await verified(stdout, secret)).toMatchObject({ aud: 'chat', iss: 'door' });
});

test.concurrent('with --key it is signed with a private key, whose public part comes into the set of --jwks', async () => {
  const folder = temporaryFolder();
  const [key, other, jwks] = [join(folder, 'key.json'), join(folder, 'other.json'), join(folder, 'jwks.json')];
  const first = await jwt('--key', key, '--jwks', jwks, '--subject', 'Ann');
  expect(first).toMatchObject({
    exit: 0,
    stderr: `made the key ${key}\nadded its public key to ${jwks}\n`,
  });
  // Whoever runs the tests may keep all new files to themselves.
  expect([statSync(key).mode & 0o777, statSync(jwks).mode & 0o777]).toEqual([0o600, 0o644 & ~process.umask()]);
  const again = await jwt('--key', key, '--jwks', jwks);
  expect(again).toMatchObject({ exit: 0, stderr: '' });
  const rotated = await jwt('--key', other, '--jwks', jwks);

  const keySet = JSON.parse(readFileSync(jwks, 'utf8'));
  expect(keySet.keys).toMatchObject([{ kty: 'EC', use: 'sig' }, { kty: 'EC' }]);
  for (const publicKey of keySet.keys) expect(publicKey).not.toHaveProperty('d');
  for (const { stdout } of [first, again, rotated])
    await jwtVerify(stdout.trim(), createLocalJWKSet(keySet), { algorithms: ['ES256'] });
});

test.concurrent.each([
  [[], 2, /^Error: a token is signed with --secret, or with --key, to which --jwks belongs\n$/],
  [['--secret', 'a', '--key', 'b'], 2, /^Error: a token is signed with /],
  [['--secret', 'a', '--jwks', 'b'], 2, /^Error: a token is signed with /],
  [['--key', import.meta.filename], 1, /^Error: .*jwt\.test\.ts is no JSON\n$/],
  [
    ['--key', join(import.meta.dirname, '../package.json')],
    1,
    /^Error: .* is no private key that this command has made\n$/,
  ],
] as const)('what cannot be used is told in one line: %j', async (args, exit, told) => {
  const result = await jwt(...args);
  expect(result).toMatchObject({ exit, stdout: '' });
  expect(result.stderr).toMatch(told);
});
