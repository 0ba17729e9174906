import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  firstLine,
  inBash,
  Program,
  programCommand,
  readmeBlocks,
  run,
  staleBlocks,
  stopLater,
  temporaryFolder,
  until,
} from '@grpc-by-example/testing';
import { beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = join(root, 'docs/tls.md');
const folder = temporaryFolder();
const others = join(folder, 'others');
const real: Record<string, string> = {};
const blocks = readmeBlocks(page).filter(({ kind }) => kind === 'commands');

const CHAT = 'Sam: Hi\nAnn: Hey\nJohn: Hello\n';
/** A process in which it is always 2001. */
const LONG_AGO = { NODE_OPTIONS: '--import=data:text/javascript,Date.now=()=>1e12' };

beforeAll(async () => {
  const certs = await run(command('make certificates', 0, folder), { cwd: root });
  real.certs = shown(certs.stdout).replaceAll(/until [\d-]+/g, 'until 2027-11-21');
  await run(command('make certificates', 0, others), { cwd: root });
});

/** A line of a block of commands, as it is on the page, but for the folder of the certificates. */
function command(block: string, index: number, ...args: string[]): string[] {
  const lines = blocks
    .find(({ source }) => source === block)
    ?.text.replaceAll(/\\\n */g, '')
    .split('\n');
  const line = lines?.[index]?.replaceAll(' certs/', ` ${folder}/`) ?? '';
  // The first of them are started by pnpm; for the others, without it a start costs a quarter.
  const typed = block === 'tls' ? line : line.replace(/^pnpm --filter (chat-\w+) start/, (_, name) => started(name));
  return inBash(`exec ${typed.replace(/^pnpm/, 'pnpm --silent')} ${args.join(' ')}`);
}

/** What `pnpm --filter <program> start` runs. */
function started(program: string): string {
  const source = join(import.meta.dirname, `../${program.replace('chat-', '')}/src/main.ts`);
  return programCommand(source)
    .map((word) => `'${word}'`)
    .join(' ');
}

/** What a program prints, as a reader sees it, who has the certificates in `certs`. */
function shown(text: string): string {
  return text.replaceAll(folder, 'certs');
}

async function startServer(block: string, env: NodeJS.ProcessEnv = {}) {
  const server = new Program(command(block, 0, '--port 0'), { cwd: root, env });
  stopLater(() => server[Symbol.asyncDispose]());
  const [, address = ''] = await server.prints(/ listens on (\S+)\. .*\n/);
  return {
    server,
    at: `--address ${address}`,
    line: server.stdout.replace(` --address ${address}`, '').replace(address, 'localhost:9090'),
    /** What a client prints that fails, and what the server logs then. */
    failure: async (client: string[]): Promise<string> => {
      const before = server.stderr.length;
      const log = () => server.stderr.slice(before).match(/"msg":"(TLS: .*)"/)?.[1];
      const { exit, stderr } = await run(client, { cwd: root });
      expect(exit).toBe(1);
      await until(() => log() !== undefined);
      return `${firstLine(stderr)}\n${log()}`;
    },
  };
}

test.concurrent('TLS: clients that use it, that do not, and that know another CA', async () => {
  const { at, line, failure } = await startServer('tls');
  real['tls server'] = line;
  real['tls client'] = (await run(command('tls', 1, at), { cwd: root })).stdout;
  expect(real['tls client']).toBe(CHAT);
  real['plain text'] = await failure(['pnpm', '--silent', '--filter', 'chat-client', 'start', ...at.split(' ')]);
  real['wrong CA'] = await failure(command('tls', 1, at, `--tls-ca ${others}/ca.pem`));
});

test.concurrent('mutual TLS: clients with a certificate, with none, and with one of another CA', async () => {
  const { at, failure } = await startServer('mutual');
  real['mutual client'] = (await run(command('mutual', 1, at), { cwd: root })).stdout;
  expect(real['mutual client']).toBe(CHAT);
  real['no certificate'] = await failure(command('tls', 1, at));
  const other = `--tls-cert ${others}/client.pem --tls-key ${others}/client.key`;
  real['another certificate'] = await failure(command('mutual', 1, at, other));
});

test.concurrent('tokens', async () => {
  real.jwt = shown((await run(command('make a token', 0), { cwd: root })).stdout);
  const { at } = await startServer('token');
  real['token client'] = (await run(command('token', 1, at), { cwd: root })).stdout;
  expect(real['token client']).toBe('Ann: Hi\nAnn: Hey\nAnn: Hello\n');
  real['no token'] = firstLine((await run(command('tls', 1, at), { cwd: root })).stderr);
  await run(command('make another token', 0), { cwd: root });
  const bank = await run(command('token', 1, at, `--token ${folder}/bank-token`), { cwd: root });
  real['another audience'] = firstLine(bank.stderr);

  // A token that expires before the client has started is one too short for this machine.
  for (let seconds = 4; real['token expires'] === undefined && seconds <= 32; seconds *= 2) {
    await run(command('make a token', 0, `--seconds ${seconds}`), { cwd: root });
    await using ann = new Program(command('token', 1, at, '--name Ann'), { cwd: root });
    ann.type('Hi\n');
    expect(await ann.ended).toBe(1);
    if (ann.stdout !== '') real['token expires'] = `${ann.stdout}${firstLine(ann.stderr)}`;
  }
});

test.concurrent('public keys', async () => {
  const { stderr, stdout } = await run(command('make a key', 0), { cwd: root });
  real.key = shown(stderr + stdout);
  const { at } = await startServer('keys');
  real['keys client'] = (await run(command('keys', 1, at), { cwd: root })).stdout;
  expect(real['keys client']).toBe(CHAT);
});

test.concurrent('beyond this machine nothing goes in plain text', async () => {
  const token = join(folder, 'some-token');
  await writeFile(token, 'a.b.c\n');
  const refused = await Promise.all([
    run(command('everywhere', 0), { cwd: root }),
    run(command('everywhere', 1, `--token ${token}`), { cwd: root }),
  ]);
  expect(refused).toMatchObject(Array(2).fill({ exit: 2, stdout: '' }));
  real['plain text refused'] = refused.map(({ stderr }) => firstLine(stderr)).join('\n');
});

test('certificates that have expired', async () => {
  await run(command('make certificates', 0, folder, '--days 0'), { cwd: root });
  const { exit, stderr } = await run(command('tls', 0, '--port 0'), { cwd: root });
  expect(exit).toBe(1);
  real['expired at the start'] = shown(firstLine(stderr)).replace(
    /expired on .*/,
    'expired on Nov 21 12:00:00 2026 GMT',
  );

  const { failure, at } = await startServer('tls', LONG_AGO);
  real['expired meanwhile'] = await failure(command('tls', 1, at));
});

test('every block of the page is what the programs print', () => {
  for (const { source, text } of blocks) real[source] = text;
  expect(staleBlocks(page, real)).toEqual([]);
});
