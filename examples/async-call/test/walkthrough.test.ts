import { join } from 'node:path';
import { failures, type Program, until, Walkthrough } from '@grpc-by-example/testing';
import { ClientProgram } from '@grpc-by-example/testing/program-tests';
import { type IPhoneServer, PhoneService, StreamCallResponse } from 'call-proto';
import { startServer } from 'grpc-program/server';
import { bidiStreaming } from 'grpc-streams';
import { hasEnded, recordOf, stalePicture } from 'stream-trace/testing';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = new Walkthrough(join(import.meta.dirname, '../README.md'), root);
const { real } = page;
const failed: Record<string, string> = {};

/** The client without pnpm, which costs less and passes on every signal. */
const client = new ClientProgram('call-client', join(import.meta.dirname, '../client'));

/** What the server logs of its call number `session`, which this makes. */
async function logOf(session: number, server: Program, act: () => Promise<void>): Promise<string> {
  const before = server.stdout.length;
  await act();
  await server.prints(new RegExp(`Call session cleaned \\[${session}\\]\\n`));
  return server.stdout.slice(before);
}

test.concurrent('the server and the client print what the document says', async () => {
  const [, options = '', number = ''] = page.block('nobody').match(/start (--un.*)\n.* start (\d+)\n/) ?? [];
  const { server, at, ready } = await page.startServer('call-server', 8981, '--trace', ...options.split(' '));
  const [, address = ''] = at;
  real.server = ready;

  real.log = await logOf(0, server, async () => {
    const { exit, stdout, stderr } = await page.run('call-client', ['--trace', ...at]);
    expect(exit).toBe(0);
    real.client = stdout;
    await until(() => hasEnded(recordOf(stderr, server.stderr)));
    const picture = { title: 'A phone call that is answered', events: recordOf(stderr, server.stderr) };
    expect(stalePicture(join(import.meta.dirname, '../pictures/messages.svg'), picture)).toEqual([]);
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

  real['hung up'] = await logOf(1, server, async () => {
    const caller = page.start('call-client', ...at);
    await caller.prints(/Consuming/);
    caller.signal('SIGINT');
    expect(await caller.ended).toBe(0);
    real['hang up'] = caller.stdout;
  });

  real.killed = await logOf(2, server, async () => {
    const caller = client.start(address);
    await caller.prints(/Consuming/);
    caller.signal('SIGKILL');
    expect(await caller.ended).toBe('SIGKILL');
  });

  const [unanswered, wrong] = await Promise.all([client.run(address, number), client.run(address, 'abc')]);
  expect([unanswered.exit, wrong.exit]).toEqual([1, 1]);
  real.unanswered = unanswered.stdout;
  failed['wrong number'] = wrong.stderr;

  const caller = client.start(address);
  await caller.prints(/NEW/);
  server.signal('SIGINT');
  expect([await server.ended, await caller.ended]).toEqual([0, 1]);
  failed['server stops'] = caller.stderr;
});

test.concurrent('a server that is not there', async () => {
  failed['no server'] = await page.withoutServer('call-client', 8981);
});

test.concurrent('a server that does not keep to the contract', async () => {
  const careless: IPhoneServer = {
    streamCall: bidiStreaming(async function* () {
      yield new StreamCallResponse();
    }),
  };
  const server = await startServer([[PhoneService, careless]]);
  const { exit, stderr } = await client.run(`localhost:${server.port}`);
  expect(exit).toBe(1);
  failed['empty response'] = stderr;
  await server.stop();
});

test('every block of the walkthrough is what the files hold or what the programs print', () => {
  expect(page.block('prune')).toBe('pnpm exec turbo prune call-server call-client --out-dir my-call\n');
  real.failures = failures({
    'The number is wrong:': failed['wrong number'],
    'A server, written for the occasion, sends an empty response:': failed['empty response'],
    'The server is stopped:': failed['server stops'],
    'There is none:': failed['no server'],
  });
  // What becomes of two requests is in what-if.test.ts.
  expect(page.stale('two requests')).toEqual([]);
});
