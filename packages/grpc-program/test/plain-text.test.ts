import { networkInterfaces } from 'node:os';
import { signToken } from '@grpc-by-example/certificates';
import { skip } from '@grpc-by-example/testing';
import { unary } from 'grpc-streams';
import { describe, expect, test } from 'vitest';
import { connect } from '../src/client/index.ts';
import { staysOnThisMachine } from '../src/client/server-name.ts';
import { isOnlyForThisMachine } from '../src/server/listen.ts';
import { asArguments, newAuthority } from './certificates.ts';
import { EchoClient, type Words } from './echo-service.ts';
import { temporaryFiles } from './files.ts';
import { runProgram, startEchoServer, startProgram } from './programs.ts';
import { serve, talker } from './start.ts';

const SECRET = 'a secret of at least 32 bytes, for tests';

const { path: folder, file } = temporaryFiles();
const token = file('token', await signToken(Buffer.from(SECRET), { expiresAt: new Date(Date.now() + 3_600_000) }));

const refusedToListen = (host: string) =>
  `Error: refused to listen on ${host}, which other machines reach, in plain text: give --tls-cert and --tls-key, or --insecure if that is meant\n`;
const refusedToSend = (address: string) =>
  `Error: refused to send a token to ${address} in plain text: give --tls-ca, or --insecure if that is meant\n`;

describe('a server in plain text, where other machines reach it', () => {
  test.concurrent.each(['0.0.0.0', '::', '192.0.2.1'])('is not started, on %s: one line, exit 2', async (host) => {
    const { exit, stdout, stderr } = await runProgram('echo-server', ['--host', host, '--port', '0']);
    expect({ exit, stdout, stderr }).toEqual({ exit: 2, stdout: '', stderr: refusedToListen(host) });
  });

  test.concurrent.each([
    [['--insecure'], {}],
    [[], { GRPC_INSECURE: 'yes' }],
  ])('is started when that is meant: %j %j', async (args, env) => {
    const { program, address } = await startEchoServer(['--host', '0.0.0.0', ...args], env);
    const port = address.replace('0.0.0.0:', '');
    expect(await talker(connect(EchoClient, { address: `127.0.0.1:${port}` })).say('Hi')).toEqual({ text: 'Hi' });
    expect(program.stderr).not.toContain('refused');
  });

  test.concurrent.each(['false', '0', 'no', ''])('is not by a variable that says: %j', async (text) => {
    const { exit, stderr } = await runProgram('echo-server', ['--host', '0.0.0.0'], { env: { GRPC_INSECURE: text } });
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: refusedToListen('0.0.0.0') });
  });

  test.concurrent('is one with TLS not', async () => {
    const pair = await (await newAuthority()).server();
    const { address } = await startEchoServer(['--host', '0.0.0.0', ...asArguments({ ...pair })]);
    expect(address).toMatch(/^0\.0\.0\.0:\d+$/);
  });

  test.concurrent('is none of a library either, unless its credentials say so', async () => {
    const starting = serve({ say: unary<Words, Words>((words) => words) }, { host: '0.0.0.0' });
    await expect(starting).rejects.toThrow('other machines reach 0.0.0.0: a server there needs credentials');
  });

  test.concurrent('is known by its addresses, whatever its name', async () => {
    const names: Record<string, string[]> = { here: ['127.0.1.1', '::1'], both: ['127.0.0.1', '10.1.2.3'] };
    const resolve = async (host: string) => (names[host] ?? [host]).map((address) => ({ address, family: 4 }));
    const local = async (host: string) => isOnlyForThisMachine(host, resolve);
    for (const host of ['here', '127.0.0.1', '::1', '::ffff:127.0.0.1', 'unix:/run/chat.sock'])
      expect(await local(host), host).toBe(true);
    for (const host of ['both', '0.0.0.0', '::', '::ffff:10.0.0.1', '10.1.2.3'])
      expect(await local(host), host).toBe(false);
  });
});

describe('a token in plain text', () => {
  test.concurrent('goes to no other machine: one line, exit 2', async () => {
    for (const address of ['192.0.2.1:9090', 'nowhere.invalid:9090']) {
      const { exit, stdout, stderr } = await runProgram('echo-client', ['--address', address, '--token', token]);
      expect({ exit, stdout, stderr }).toEqual({ exit: 2, stdout: '', stderr: refusedToSend(address) });
    }
  });

  test.concurrent('goes when that is meant', async (context) => {
    const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    const outside = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
    if (!outside) skip(context, 'this machine has no address beyond loopback');
    const secret = file('secret', SECRET);
    const { program, address } = await startEchoServer(['--host', outside, '--jwt-secret', secret, '--insecure']);
    await program.prints(/\n/);
    expect(program.stdout).toContain(`--address ${address} --token <file> --insecure\n`);
    const args = ['--address', address, '--token', token, 'hi'];
    expect(await runProgram('echo-client', args)).toMatchObject({ exit: 2, stderr: refusedToSend(address) });
    await startProgram('echo-client', [...args, '--insecure']).prints(/^hi\n/);
  });

  test.concurrent('goes to a Unix socket', async () => {
    const address = `unix:${folder}/echo.sock`;
    await startEchoServer(['--host', address, '--jwt-secret', file('same-secret', SECRET)]);
    await startProgram('echo-client', ['--address', address, '--token', token, 'hi']).prints(/^hi\n/);
  });

  test.each([
    'localhost:1',
    'LOCALHOST.:1',
    'dns:localhost',
    'dns:///localhost:1',
    '127.8.7.6:1',
    '[::1]:1',
    'ipv4:127.0.0.1:1,127.0.0.2:1',
    'ipv6:[::1]:1',
    'ipv6:::1',
    'unix:chat.sock',
  ])('stays on this machine: %s', (address) => expect(staysOnThisMachine(address)).toBe(true));

  test.each([
    'server.example:1',
    'localhost.example:1',
    'a.localhost:1',
    'dns://192.0.2.1/localhost:1',
    '0.0.0.0:1',
    '[::]:1',
    '10.0.0.1:1',
    'ipv4:127.0.0.1:1,10.0.0.1:1',
    'ipv4:10.0.0.1:1,127.0.0.1:1',
    'ipv6:[::1]:1,[2001:db8::1]:1',
  ])('leaves it: %s', (address) => expect(staysOnThisMachine(address)).toBe(false));
});
