import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { temporaryFolder } from './files.ts';
import { runProgram, startEchoServer, startProgram } from './programs.ts';

const SLOW = { timeout: 20_000 };
const SECRET = 'a secret of at least 32 bytes, for tests';
const WANTED = 'this server wants a token: authorization: Bearer <token>';

const sign = (expiresInSeconds: number) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + expiresInSeconds)
    .sign(Buffer.from(SECRET));

test('a server and a client with files of a secret and a token', SLOW, async () => {
  const { file } = temporaryFolder();
  const { address } = await startEchoServer(['--jwt-secret', file('secret', `${SECRET}\n`)]);
  const client = startProgram('echo-client', [
    '--address',
    address,
    '--token',
    file('token', `${await sign(60)}\n`),
    'hi',
  ]);
  await client.prints(/^hi\n/);
  expect(await runProgram('echo-client', ['--address', address, 'hi'])).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Error: UNAUTHENTICATED: ${WANTED}\n`,
  });
});

test('a secret that is too short, or a file that is not there, is told in one line, exit 1', SLOW, async () => {
  const { path, file } = temporaryFolder();
  const secret = file('secret', 'short\n');
  const stderr = `Error: the secret in ${secret} is shorter than 32 bytes\n`;
  expect(await runProgram('echo-server', ['--jwt-secret', secret])).toEqual({ exit: 1, stdout: '', stderr });
  const missing = await runProgram('echo-client', ['--token', `${path}/none`, 'hi']);
  expect(missing).toMatchObject({
    exit: 1,
    stderr: expect.stringMatching(/^Error: cannot read the file of --token: .+\n$/),
  });
});
