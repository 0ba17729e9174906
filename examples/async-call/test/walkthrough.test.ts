import { join } from 'node:path';
import { type IPhoneServer, PhoneService, StreamCallResponse } from 'call-proto';
import { startServer } from 'grpc-program/server';
import { bidiStreaming } from 'grpc-streams';
import { Program, readmeBlocks, run, staleBlocks } from 'testing';
import { expect, test } from 'vitest';

const readme = join(import.meta.dirname, '../README.md');
const cwd = join(import.meta.dirname, '../../..');
const real: Record<string, string> = {};

const start = (program: string, ...args: string[]) => ['pnpm', '--silent', '--filter', program, 'start', ...args];
const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';
const block = (name: string) => readmeBlocks(readme).find(({ source }) => source === name)?.text ?? '';

/** The real script, on a free port. */
async function startCallServer(...args: string[]): Promise<{ server: Program; at: string[] }> {
  const server = new Program(start('call-server', '--port', '0', ...args), { cwd });
  const [, address = ''] = await server.prints(/ listens on (\S+)\./);
  return { server, at: ['--address', address] };
}

/** What the server logs from now on, until it has cleaned the session. */
async function nextLog(server: Program, act: () => unknown): Promise<string> {
  const before = server.stdout.length;
  await act();
  const id = server.stdout.slice(before).match(/Created a call session \[(\d+)\]/)?.[1] ?? '';
  await server.prints(new RegExp(`Call session cleaned \\[${id}\\]\\n`));
  return server.stdout.slice(before);
}

test('the server and the client print what the document says', { timeout: 60_000 }, async () => {
  const { server, at } = await startCallServer();
  await using _server = server;
  const [option = '', address = ''] = at;
  real.server = server.stdout.replace(` ${option} ${address}`, '').replace(address, 'localhost:8981');

  real.log = await nextLog(server, async () => {
    const client = await run(start('call-client', ...at), { cwd });
    expect(client).toMatchObject({ exit: 0, stderr: '' });
    real.client = client.stdout;
  });
  expect(real.client?.split('\n')).toEqual([
    'Waiting for peer to connect [94771234567]...',
    'Call toward [94771234567] enters [NEW] state',
    'Call toward [94771234567] enters [ACTIVE] state',
    'Consuming audio resource [https://link.to.audio.resources]',
    'Call toward [94771234567] enters [ENDED] state',
    'Audio session finished [https://link.to.audio.resources]',
    'Call finished',
    '',
  ]);

  real['hung up'] = await nextLog(server, async () => {
    await using client = new Program(start('call-client', ...at), { cwd });
    await client.prints(/Consuming/);
    client.signal('SIGINT');
    expect(await client.ended).toBe(0);
    real['hang up'] = client.stdout;
  });

  real.killed = await nextLog(server, async () => {
    // Without pnpm, which would not pass on SIGKILL.
    const command = ['node', '--import', 'tsx', 'src/main.ts', ...at];
    await using client = new Program(command, { cwd: join(import.meta.dirname, '../client') });
    await client.prints(/Consuming/);
    client.signal('SIGKILL');
    expect(await client.ended).toBe('SIGKILL');
  });

  const wrong = await run(start('call-client', 'abc', ...at), { cwd });
  expect(wrong.exit).toBe(1);
  real['wrong number'] = firstLine(wrong.stderr);

  await using client = new Program(start('call-client', ...at), { cwd });
  await client.prints(/ACTIVE/);
  server.signal('SIGINT');
  expect([await server.ended, await client.ended]).toEqual([0, 1]);
  real['server stops'] = firstLine(client.stderr);
});

test('a number that does not answer', { timeout: 30_000 }, async () => {
  const [, options = '', number = ''] = block('nobody').match(/start (--un.*)\n.* start (\d+)\n/) ?? [];
  const { server, at } = await startCallServer(...options.split(' '));
  await using _server = server;
  const client = await run(start('call-client', number, ...at), { cwd });
  expect(client).toMatchObject({ exit: 1 });
  real.unanswered = client.stdout;
});

test('a server that is not there, and one that does not keep to the contract', { timeout: 30_000 }, async () => {
  const nobody = await run(start('call-client', '--address', '127.0.0.1:1'), { cwd });
  real['no server'] = firstLine(nobody.stderr).replace('127.0.0.1:1', '127.0.0.1:8981');

  const careless: IPhoneServer = {
    streamCall: bidiStreaming(async function* () {
      yield new StreamCallResponse();
    }),
  };
  const server = await startServer([[PhoneService, careless]]);
  const client = await run(start('call-client', '--address', `localhost:${server.port}`), { cwd });
  expect(client.exit).toBe(1);
  real['empty response'] = firstLine(client.stderr);
  await server.stop();
});

test('the diagram of the walkthrough shows the messages of a run', () => {
  const diagram = block('messages');
  const states = real.client?.match(/(?<=enters \[)\w+/g) ?? [];
  const session = real.log?.match(/session \[(\d+)\] media \[(.+)\]/) ?? [];
  expect(diagram.match(/(?<=->>server: ).*/g)).toEqual([
    PhoneService.streamCall.path,
    real.log?.match(/number \[(\d+)\]/)?.[1],
    'half-close',
  ]);
  expect(diagram.match(/(?<=-->>client: ).*/g)).toEqual([
    ...states.toSpliced(1, 0, `session ${session[1]}, ${session[2]}`),
    'status OK',
  ]);
  real.messages = diagram;
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  // The commands are run above; what becomes of two requests is in what-if.test.ts.
  for (const { kind, source, text } of readmeBlocks(readme)) {
    if (kind === 'commands' || source === 'two requests') real[source] = text;
  }
  expect(real.prune).toBe('pnpm exec turbo prune call-server call-client --out-dir my-call\n');
  expect(staleBlocks(readme, real)).toEqual([]);
});
