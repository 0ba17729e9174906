import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { credentials, Metadata } from '@grpc/grpc-js';
import {
  asAtPort,
  failures,
  firstLine,
  longEnough,
  readmeBlocks,
  soon,
  stopLater,
  until,
  Walkthrough,
} from '@grpc-by-example/testing';
import { ClientProgram, ServerProgram } from '@grpc-by-example/testing/program-tests';
import { IngestClient, RequestSendDataPackage } from 'datahub-proto';
import { unaryCall } from 'grpc-streams';
import { hasEnded, recordOf, stalePicture } from 'stream-trace/testing';
import { expect, test } from 'vitest';
import { BreakableLine } from './breakable-line.ts';

const folder = join(import.meta.dirname, '..');
const page = new Walkthrough(join(folder, 'README.md'), join(folder, '../..'));
const { real } = page;
const failed: Record<string, string | undefined> = {};

/** For all but the commands that the reader types first, which pnpm runs: without it a start costs a quarter. */
const client = new ClientProgram('datahub-client', join(folder, 'client'));

const CANCELLED = 'Status(StatusCode="Cancelled", Detail="Call canceled by the client.")';

/** What changes from run to run stands in the walkthrough as one example of it. */
const GUID = '3f2c8a1e-5b07-4c9d-9a64-d1e0b7f5c283';
const TICKS = '639308349761400000';

test.concurrent('the server and the client print what the document says, and stop in order', async () => {
  const { server, at } = await page.startServer('datahub-server', 5001);
  const [, address = ''] = at;

  const subscriber = client.start(address, '--values');
  await subscriber.prints(/^\d{18}\n/);
  real.sent = (await client.run(address, 'send', 'A01', 'A02', 'A03')).stdout;
  await subscriber.prints(/A03\n/);
  const values = subscriber.stdout.trimEnd().split('\n');
  real.values = [TICKS, ...values.filter((value) => value.startsWith('A')), TICKS].join('\n');
  real.ingested = (await client.run(address, 'ingest')).stdout;
  failed['empty tag'] = (await client.run(address, '--tag', '')).stderr;

  const { exit, stdout } = await longEnough(
    (seconds) => page.run('datahub-client', ['--seconds', `${seconds}`, ...at]),
    ({ stdout }) => stdout.includes(`\n${CANCELLED}`),
  );
  const lines = stdout.trimEnd().split('\n');
  expect({ exit, last: lines.pop() }).toEqual({ exit: 0, last: CANCELLED });
  expect(new Set(lines).size).toBe(1);
  expect(lines[0]).toMatch(/^[\da-f-]{36}$/);
  expect(lines.length).toBeGreaterThan(0);
  real.client = `${GUID}\n`.repeat(3) + CANCELLED;

  server.signal('SIGINT');
  expect(await server.ended).toBe(0);
  await until(() => subscriber.stderr.includes('\n'));
  real['server away'] = firstLine(subscriber.stderr);
  subscriber.signal('SIGINT');
  expect(await subscriber.ended).toBe(0);
  expect(subscriber.stdout.endsWith(`\n${CANCELLED}\n`)).toBe(true);
});

test.concurrent('a broken connection costs no package; a server that begins anew says so', async () => {
  const program = new ServerProgram('datahub-server', join(folder, 'server'));
  const [{ server, port }, other] = [await program.startOnFreePort(), await program.startOnFreePort()];
  const line = await BreakableLine.start(port);
  const subscriber = client.start(line.address, '--values');
  const send = (...values: string[]) => client.run(`localhost:${port}`, 'send', ...values);
  await subscriber.prints(/^\d{18}\n/);
  await send('A01');
  await subscriber.prints(/A01\n/);
  line.cut();
  await until(() => subscriber.stderr.includes('\n'));
  await send('A02', 'A03');
  line.mend();
  await subscriber.prints(/A03\n/);
  await send('A04');
  await subscriber.prints(/A04\n/);
  expect(subscriber.stdout.match(/^A.*/gm)).toEqual(['A01', 'A02', 'A03', 'A04']);

  line.mend(other.port);
  server.signal('SIGKILL');
  expect(await subscriber.ended).toBe(1);
  const told = subscriber.stderr.trimEnd().split('\n');
  expect(told).toHaveLength(3);
  for (const loss of told.slice(0, 2)) expect(loss).toMatch(/^Lost the server \(\w+: .*\); subscribing again$/);
  failed['another log'] = told[2];
});

test.concurrent('a subscriber that does not read is told', async () => {
  const { port } = await new ServerProgram('datahub-server', join(folder, 'server')).startOnFreePort();
  const slow = client.start(`localhost:${port}`);
  await slow.prints(/\n/);
  slow.signal('SIGSTOP');
  const ingest = new IngestClient(`localhost:${port}`, credentials.createInsecure());
  stopLater(() => ingest.close());
  const request = new RequestSendDataPackage()
    .setTelemetryguid(randomUUID())
    .setTrackingguid(randomUUID())
    .setTagname('SomeTagName')
    .setTagvalueList(Array.from({ length: 100 }, () => 'x'.repeat(10_000)));
  for (let n = 0; n < 20; n++)
    await unaryCall((callback) => ingest.sendDataPackage(request, new Metadata(), soon(), callback));
  slow.signal('SIGCONT');
  expect(await slow.ended).toBe(1);
  real['slow subscriber'] = firstLine(slow.stderr);
});

test.concurrent('without a server the client says so', async () => {
  const { stderr } = await client.run('127.0.0.1:1');
  failed['no server'] = asAtPort(5001, stderr);
});

test.concurrent('the picture of the walkthrough is drawn from the calls of a subscriber and a sender', async () => {
  const { server, port } = await new ServerProgram('datahub-server', join(folder, 'server')).startOnFreePort('--trace');
  const address = `localhost:${port}`;
  for (;;) {
    const subscriber = client.start(address, '--values', '--trace');
    await subscriber.prints(/^\d{18}\n/);
    const sender = await client.run(address, '--trace', 'send', 'A01', 'A02', 'A03');
    await subscriber.prints(/A03\n\d{18}\n/);
    subscriber.signal('SIGINT');
    await subscriber.ended;
    // On a busy machine there may be another tick between them.
    if (!/^\d{18}\nA01\nA02\nA03\n\d{18}\nStatus/.test(subscriber.stdout)) continue;
    const record = () => recordOf(subscriber.stderr + sender.stderr, server.stderr);
    await until(() => hasEnded(record()));
    const picture = { title: 'A package on its way', names: ['subscriber', 'sender'], server: 'hub', events: record() };
    expect(stalePicture(join(folder, 'pictures/messages.svg'), picture, { stable })).toEqual([]);
    return;
  }
});

/** What a text of the picture says of which each run says something else. */
function stable(text: string): string {
  return text
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'GUID')
    .replaceAll(/\b6\d{17}\b/g, 'a tick')
    .replaceAll(/timeStamp \{.*?\}/g, 'the time');
}

test('the commands name what is there', () => {
  const commands = readmeBlocks(join(folder, 'README.md')).filter(({ kind }) => kind === 'commands');
  const text = commands.map(({ text }) => text).join('');
  const packages = new Set(text.match(/(?<!examples\/)datahub-\w+/g));
  expect([...packages].sort()).toEqual(['datahub-client', 'datahub-server']);
  expect(commands.find(({ source }) => source === 'prune')?.text).toContain(' prune datahub-server datahub-client ');
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  real.failures = failures({
    'The tag is empty:': failed['empty tag'],
    'It was started again, and has another log:': failed['another log'],
    'There is none:': failed['no server'],
  });
  expect(page.stale()).toEqual([]);
});
