import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { credentials, Metadata } from '@grpc/grpc-js';
import { IngestClient, RequestSendDataPackage } from 'datahub-proto';
import { unaryCall } from 'grpc-streams';
import { Program, readmeBlocks, run, soon, staleBlocks } from 'testing';
import { expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

const readme = join(import.meta.dirname, '../README.md');
const cwd = join(import.meta.dirname, '../../..');
const real: Record<string, string> = {};

const start = (program: string, ...args: string[]) => ['pnpm', '--silent', '--filter', program, 'start', ...args];
const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';
const CANCELLED = 'Status(StatusCode="Cancelled", Detail="Call canceled by the client.")';

/** What changes from run to run stands in the walkthrough as one example of it. */
const GUID = '3f2c8a1e-5b07-4c9d-9a64-d1e0b7f5c283';
const TICKS = '639308349761400000';

/** The real script, on a free port. */
async function startServer(): Promise<{ server: Program; at: string[] }> {
  const server = new Program(start('datahub-server', '--port', '0'), { cwd });
  const [, address = ''] = await server.prints(/ listens on (\S+)\./);
  return { server, at: ['--address', address] };
}

test('the server and the client print what the document says, and stop in order', async () => {
  const { server, at } = await startServer();
  await using _server = server;
  const [option = '', address = ''] = at;
  real.server = server.stdout.replace(` ${option} ${address}`, '').replace(address, 'localhost:5001');

  const { exit, stdout } = await run(start('datahub-client', '--seconds', '2.5', ...at), { cwd });
  const lines = stdout.trimEnd().split('\n');
  expect({ exit, last: lines.pop() }).toEqual({ exit: 0, last: CANCELLED });
  expect(new Set(lines).size).toBe(1);
  expect(lines[0]).toMatch(/^[\da-f-]{36}$/);
  expect(lines.length).toBeGreaterThan(1);
  // Three in 2.5 seconds; a busy machine may lose one.
  real.client = `${GUID}\n`.repeat(3) + CANCELLED;

  await using subscriber = new Program(start('datahub-client', '--values', ...at), { cwd });
  await subscriber.prints(/^\d{18}\n/);
  real.sent = (await run(start('datahub-client', 'send', 'A01', 'A02', 'A03', ...at), { cwd })).stdout;
  await subscriber.prints(/A03\n/);
  const values = subscriber.stdout.trimEnd().split('\n');
  real.values = [TICKS, ...values.filter((value) => value.startsWith('A')), TICKS].join('\n');
  real.ingested = (await run(start('datahub-client', 'ingest', ...at), { cwd })).stdout;

  real['empty tag'] = firstLine((await run(start('datahub-client', '--tag', '', ...at), { cwd })).stderr);
  server.signal('SIGINT');
  expect([await server.ended, await subscriber.ended]).toEqual([0, 1]);
  real['server stops'] = firstLine(subscriber.stderr);
});

test('a subscriber that does not read is told', async () => {
  const { server, at } = await startServer();
  await using _server = server;
  // Without pnpm, which would not pass on SIGSTOP.
  const client = ['node', '--import', 'tsx', 'src/main.ts', ...at];
  await using slow = new Program(client, { cwd: join(import.meta.dirname, '../client') });
  await slow.prints(/\n/);
  slow.signal('SIGSTOP');
  const ingest = new IngestClient(at[1] ?? '', credentials.createInsecure());
  const request = new RequestSendDataPackage()
    .setTelemetryguid(randomUUID())
    .setTrackingguid(randomUUID())
    .setTagname('SomeTagName')
    .setTagvalueList(Array.from({ length: 100 }, () => 'x'.repeat(10_000)));
  for (let n = 0; n < 20; n++)
    await unaryCall((callback) => ingest.sendDataPackage(request, new Metadata(), soon(20_000), callback));
  ingest.close();
  slow.signal('SIGCONT');
  expect(await slow.ended).toBe(1);
  real['slow subscriber'] = firstLine(slow.stderr);
});

test('without a server the client says so', async () => {
  const { stderr } = await run(start('datahub-client', '--address', '127.0.0.1:1'), { cwd });
  real['no server'] = firstLine(stderr).replace('127.0.0.1:1', '127.0.0.1:5001');
});

test('an open task of the exercise says what is missing', async () => {
  const spec = ['vitest', 'run', '--dir', 'spec', '-t', 'Task 2'];
  const { stdout, stderr } = await run(['pnpm', '--silent', '--filter', 'datahub-exercise', 'exec', ...spec], {
    cwd,
    env: { NO_COLOR: '1', EXERCISE: 'start' },
  });
  real.task = (stdout + stderr).match(/TODO 2 in .*\nHint: .*\nFor more: .*/)?.[0] ?? '';
});

test('the diagram of the walkthrough shows the messages of a run', () => {
  const diagram = readmeBlocks(readme).find(({ kind }) => kind === 'diagram')?.text ?? '';
  const packages = (real.values ?? '').split('\n').map((value) => (value === TICKS ? 'a tick' : value));
  expect(diagram.match(/(?<=hub-->>subscriber: ).*/g)).toEqual(packages);
  expect(diagram.match(/(?<=sender->>hub: ).*/g)).toEqual(['SendDataPackage: A01, A02, A03']);
  expect(diagram.match(/(?<=hub-->>sender: ).*/g)).toEqual([(real.sent ?? '').trim()]);
  expect(diagram.match(/(?<=subscriber->>hub: ).*/g)).toEqual(['GetDataPackagesStream: SomeTagName', 'cancel']);
  real.messages = diagram;
});

test('the commands name what is there', () => {
  const commands = readmeBlocks(readme).filter(({ kind }) => kind === 'commands');
  const text = commands.map(({ text }) => text).join('');
  const packages = new Set(text.match(/datahub-\w+/g));
  expect([...packages].sort()).toEqual(['datahub-client', 'datahub-exercise', 'datahub-server']);
  expect(commands.find(({ source }) => source === 'prune')?.text).toContain(' prune datahub-server datahub-client ');
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  for (const { kind, source, text } of readmeBlocks(readme)) if (kind === 'commands') real[source] = text;
  expect(staleBlocks(readme, real)).toEqual([]);
});
