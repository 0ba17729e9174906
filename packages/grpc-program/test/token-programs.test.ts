import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeSigningKey, publicPart, type SigningKey, signToken } from '@grpc-by-example/certificates';
import { run, stopLater, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { temporaryFiles } from './files.ts';
import { logLines, runProgram, startEchoServer, startProgram } from './programs.ts';

const SECRET = 'a secret of at least 32 bytes, for tests';
const WANTED = 'this server requires a token: authorization: Bearer <token>';

const { path: folder, file } = temporaryFiles();
const secret = file('secret', `${SECRET}\n`);
const inAnHour = () => new Date(Date.now() + 3_600_000);

let tokens = 0;
/** The file of a new token. */
const tokenOf = async (key: Uint8Array | SigningKey, options: Parameters<typeof signToken>[1]) =>
  file(`token ${++tokens}`, `${await signToken(key, { expiresAt: inAnHour(), ...options })}\n`);

/** What a client says of itself when it calls with the token: undefined when it is let in. */
async function refusal(address: string, token: string): Promise<string | undefined> {
  const client = startProgram('echo-client', ['--address', address, '--token', token, 'hi']);
  const isIn = await client.prints(/^hi\n/).then(
    () => true,
    () => false,
  );
  client.signal('SIGINT');
  await client.ended;
  return isIn ? undefined : client.stderr;
}

test.concurrent('a server and a client with files of a secret and a token', async () => {
  const { program, address } = await startEchoServer(['--jwt-secret', secret]);
  await program.prints(/\n/);
  expect(program.stdout).toContain(`--address ${address} --token <file>\n`);
  expect(await refusal(address, await tokenOf(Buffer.from(SECRET), { subject: 'Ann' }))).toBeUndefined();
  expect(await runProgram('echo-client', ['--address', address, 'hi'])).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Error: UNAUTHENTICATED: ${WANTED}\n`,
  });
  await until(() => logLines(program).length === 2);
  expect(logLines(program).map(({ subject, status }) => [subject, status])).toEqual([
    ['Ann', expect.any(String)],
    [undefined, 'UNAUTHENTICATED'],
  ]);
});

test.concurrent('a token of another service is none of this one, whoever it is for', async () => {
  const bank = await tokenOf(Buffer.from(SECRET), { subject: 'Ann', audience: 'bank', issuer: 'bank' });
  const { address } = await startEchoServer(['--jwt-secret', secret]);
  const FOR_ANOTHER = 'Error: UNAUTHENTICATED: the token is for another audience\n';
  const OF_ANOTHER = 'Error: UNAUTHENTICATED: the token is of another issuer\n';
  expect(await refusal(address, bank)).toBe(FOR_ANOTHER);

  const env = { GRPC_JWT_AUDIENCE: 'chat', GRPC_JWT_ISSUER: 'door' };
  const strict = await startEchoServer(['--jwt-secret', secret], env);
  const here = { audience: 'chat', issuer: 'door' };
  const mine = Buffer.from(SECRET);
  expect(await refusal(strict.address, bank)).toBe(OF_ANOTHER);
  expect(await refusal(strict.address, await tokenOf(mine, { ...here, issuer: 'bank' }))).toBe(OF_ANOTHER);
  expect(await refusal(strict.address, await tokenOf(mine, { ...here, audience: 'bank' }))).toBe(FOR_ANOTHER);
  expect(await refusal(strict.address, await tokenOf(mine, here))).toBeUndefined();
});

test.concurrent('public keys in a file', async () => {
  const [key, stranger] = [await makeSigningKey(), await makeSigningKey()];
  const keys = file('jwks.json', JSON.stringify({ keys: [publicPart(key)] }));
  const { address } = await startEchoServer(['--jwt-keys', keys, '--jwt-audience', 'chat']);
  expect(await refusal(address, await tokenOf(key, { audience: 'chat' }))).toBeUndefined();
  expect(await refusal(address, await tokenOf(stranger, { audience: 'chat' }))).toBe(
    'Error: UNAUTHENTICATED: the token was signed with a key that this server does not know\n',
  );
  expect(await refusal(address, await tokenOf(Buffer.from(SECRET), { audience: 'chat' }))).toBe(
    'Error: UNAUTHENTICATED: the token is not valid\n',
  );
});

/** A process whose clock goes on by 31 s at SIGUSR2: so long a server does not look for keys that it does not know. */
const LEAPING = {
  NODE_OPTIONS:
    '--import=data:text/javascript,let%20s=0;const%20now=Date.now;Date.now=()=>now()+s;process.on(%27SIGUSR2%27,()=>s+=31e3)',
};

test.concurrent('the issuer changes its keys, and is out of reach for a while', async () => {
  const [old, fresh] = [await makeSigningKey(), await makeSigningKey()];
  let keys = [publicPart(old)];
  let isUp = true;
  const issuer = createServer((_, response) => {
    if (isUp) response.end(JSON.stringify({ keys }));
    else response.writeHead(503).end();
  }).listen(0, '127.0.0.1');
  stopLater(() => issuer.close().closeAllConnections());
  await once(issuer, 'listening');
  const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`;
  const { program, address } = await startEchoServer(['--jwt-keys', url], LEAPING);
  const [oldToken, freshToken] = [await tokenOf(old, {}), await tokenOf(fresh, {})];
  expect(await refusal(address, oldToken)).toBeUndefined();
  const UNKNOWN = 'Error: UNAUTHENTICATED: the token was signed with a key that this server does not know\n';
  expect(await refusal(address, freshToken)).toBe(UNKNOWN);

  isUp = false;
  // The first signals may come before the next call, or after it.
  let told = await refusal(address, freshToken);
  for (; told === UNKNOWN; told = await refusal(address, freshToken)) program.signal('SIGUSR2');
  expect(told).toBe('Error: UNAVAILABLE: this server cannot say at the moment who may call\n');
  await until(() => logLines(program).some(({ msg }) => msg === 'a token could not be checked'));
  expect(JSON.stringify(logLines(program))).toContain(`cannot get the keys at ${url}: HTTP status 503`);

  keys = [publicPart(fresh)];
  isUp = true;
  expect(await refusal(address, freshToken)).toBeUndefined();
  expect(await refusal(address, oldToken)).toBe(UNKNOWN);
});

const privateKeys = file('private.json', JSON.stringify({ keys: [await makeSigningKey()] }));
const page = file('page.html', '<html>');

test.concurrent.each<[args: string[], exit: number, told: string | RegExp]>([
  [['--jwt-audience', 'chat'], 2, '--jwt-audience and --jwt-issuer need --jwt-secret or --jwt-keys'],
  [['--jwt-issuer', 'door'], 2, '--jwt-audience and --jwt-issuer need --jwt-secret or --jwt-keys'],
  [['--jwt-keys', `${folder}/none`], 1, /^cannot read the file of --jwt-keys: ENOENT/],
  [['--jwt-keys', page], 1, `the file of --jwt-keys is not usable, ${page}: it is no JSON Web Key Set`],
  [
    ['--jwt-keys', privateKeys],
    1,
    `the file of --jwt-keys is not usable, ${privateKeys}: there is a private key or a secret in it`,
  ],
  [['--jwt-keys', 'http://127.0.0.1:1/keys'], 1, 'cannot get the keys at http://127.0.0.1:1/keys: bad port'],
  [
    ['--jwt-keys', 'http://issuer.invalid/keys'],
    2,
    'refused to get keys from issuer.invalid in plain text: give an https: address, or --insecure if that is meant',
  ],
  [
    ['--jwt-keys', 'https://issuer.invalid/keys'],
    1,
    /^cannot get the keys at https:\/\/issuer\.invalid\/keys: E[A-Z_]+$/,
  ],
  [['--jwt-keys', 'http://issuer.invalid/keys', '--insecure'], 1, /^cannot get the keys at .*: E[A-Z_]+$/],
])('what is wrong with the options is told in one line, before it listens: %j', async (args, exit, told) => {
  const result = await runProgram('echo-server', args);
  expect({ exit: result.exit, stdout: result.stdout }).toEqual({ exit, stdout: '' });
  const [, line] = result.stderr.match(/^Error: (.*)\n$/) ?? [];
  if (typeof told === 'string') expect(line).toBe(told);
  else expect(line).toMatch(told);
});

test.concurrent('a policy wants tokens', async () => {
  const program = `
    import { runServer, serverCommand } from 'grpc-program/server';
    await runServer(serverCommand('x', { port: 0, description: '' }), { services: () => [], authorize: () => true, client: '' });`;
  const command = ['node', '--import', 'tsx', '--input-type=module', '-e', program];
  expect(await run(command, { cwd: import.meta.dirname })).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'Error: this server tells its callers by their tokens: give --jwt-secret or --jwt-keys\n',
  });
});
