import { Metadata, status } from '@grpc/grpc-js';
import { unary } from 'grpc-streams';
import { expect, test } from 'vitest';
import { connect } from '../src/client/index.ts';
import { EchoClient, type Words } from './echo-service.ts';
import { temporaryFiles } from './files.ts';
import { runProgram, startEchoServer } from './programs.ts';
import { serve, talker } from './start.ts';

async function start() {
  let calls = 0;
  const say = unary<Words, Words>((words) => {
    calls += 1;
    return words;
  });
  const { port } = await serve({ say });
  return { ...talker(connect(EchoClient, { address: `127.0.0.1:${port}` })), calls: () => calls };
}

function withBytes(bytes: number, name = 'large'): Metadata {
  const metadata = new Metadata();
  // Binary headers are longer on their way, in base64.
  metadata.set(name, name.endsWith('-bin') ? Buffer.alloc(bytes) : 'x'.repeat(bytes));
  return metadata;
}

test.concurrent.each([
  ['large', 70_000],
  ['large-bin', 50_000],
])('a header %s of %i bytes ends its call before it is sent, and no other call', async (name, bytes) => {
  const { say, talk, calls } = await start();
  const other = say('other');
  await expect(say('hello', withBytes(bytes, name))).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringMatching(/^the metadata of this call is too large: \d+ bytes, of 63488 at most$/),
  });
  expect(await talk(withBytes(bytes, name)).status).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  expect(await other).toEqual({ text: 'other' });
  expect(await say('again')).toEqual({ text: 'again' });
  expect(calls()).toBe(2);
});

test.concurrent('the largest headers that are sent are ones that a server takes', async () => {
  const { say } = await start();
  const largest = 65_536 - 2_048 - 'large'.length - 32;
  expect(await say('hello', withBytes(largest))).toEqual({ text: 'hello' });
  await expect(say('hello', withBytes(largest + 1))).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
});

test.concurrent('a token that is too large ends the client program at once, with one line', async () => {
  const { address } = await startEchoServer();
  const token = temporaryFiles().file('token', 'x'.repeat(300_000));
  const { exit, stdout, stderr } = await runProgram('echo-client', ['--address', address, '--token', token, 'hello']);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toMatch(/^Error: RESOURCE_EXHAUSTED: the metadata of this call is too large: \d+ bytes, .*\n$/);
});

test.concurrent.each([
  ['a control character', 'secret\u0001words'],
  ['letters that are not ASCII', 'secret-wörds'],
])('a token with %s is refused in one line without it', async (_, secret) => {
  const token = temporaryFiles().file('token', secret);
  const { exit, stdout, stderr } = await runProgram('echo-client', ['--token', token]);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toMatch(/^Error: .*--token.*\n$/);
  expect(stderr).not.toContain('secret');
});
