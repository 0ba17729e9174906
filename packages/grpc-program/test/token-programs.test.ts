import { signToken } from 'certificates';
import { expect, test } from 'vitest';
import { temporaryFiles } from './files.ts';
import { runProgram, startEchoServer, startProgram } from './programs.ts';

const SECRET = 'a secret of at least 32 bytes, for tests';
const WANTED = 'this server requires a token: authorization: Bearer <token>';

test('a server and a client with files of a secret and a token', async () => {
  const { file } = temporaryFiles();
  const { address } = await startEchoServer(['--jwt-secret', file('secret', `${SECRET}\n`)]);
  const token = file('token', `${await signToken(Buffer.from(SECRET))}\n`);
  const client = startProgram('echo-client', ['--address', address, '--token', token, 'hi']);
  await client.prints(/^hi\n/);
  expect(await runProgram('echo-client', ['--address', address, 'hi'])).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Error: UNAUTHENTICATED: ${WANTED}\n`,
  });
});
