import { join } from 'node:path';
import { failures, type Program, until, Walkthrough } from '@grpc-by-example/testing';
import { ClientProgram } from '@grpc-by-example/testing/program-tests';
import { type IPhoneServer, PhoneService, StreamCallResponse } from 'call-proto';
import { CallSessions } from 'call-server/src/call-sessions.ts';
import { phone } from 'call-server/src/phone.ts';
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

/** What a server logs of calls that are made one after the other. */
class CallLog {
  readonly #server: Program;
  #calls = 0;

  constructor(server: Program) {
    this.#server = server;
  }

  /** What it logs of the next call, which this makes, as of the one with this number on the page. */
  async of(session: number, act: () => Promise<void>): Promise<string> {
    const before = this.#server.stdout.length;
    const number = this.#calls++;
    await act();
    await this.#server.prints(new RegExp(`Call session cleaned \\[${number}\\]\\n`));
    return this.#server.stdout.slice(before).replaceAll(`[${number}]`, `[${session}]`);
  }

  /**
   * The same of a call that is ended while it is ACTIVE. That is a second: on a busy machine it may be over by itself
   * before; then it is made again.
   */
  async ofEnded(
    session: number,
    start: () => Program,
    signal: NodeJS.Signals,
  ): Promise<{ log: string; caller: Program }> {
    for (;;) {
      const caller = start();
      const log = await this.of(session, async () => {
        await caller.prints(/Consuming/);
        caller.signal(signal);
        await caller.ended;
      });
      if (!caller.stdout.includes('[ENDED]')) return { log, caller };
    }
  }
}

test.concurrent('the server and the client print what the document says', async () => {
  const [, options = '', number = ''] = page.block('nobody').match(/start (--un.*)\n.* start (\d+)\n/) ?? [];
  const { server, at, ready } = await page.startServer('call-server', 8981, '--trace', ...options.split(' '));
  const [, address = ''] = at;
  real.server = ready;

  const calls = new CallLog(server);
  real.log = await calls.of(0, async () => {
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

  const hungUp = await calls.ofEnded(1, () => page.start('call-client', ...at), 'SIGINT');
  expect(await hungUp.caller.ended).toBe(0);
  real['hung up'] = hungUp.log;
  real['hang up'] = hungUp.caller.stdout;

  const killed = await calls.ofEnded(2, () => client.start(address), 'SIGKILL');
  expect(await killed.caller.ended).toBe('SIGKILL');
  real.killed = killed.log;

  const [unanswered, wrong] = await Promise.all([client.run(address, number), client.run(address, 'abc')]);
  expect([unanswered.exit, wrong.exit]).toEqual([1, 1]);
  real.unanswered = unanswered.stdout;
  failed['wrong number'] = wrong.stderr;

  server.signal('SIGINT');
  expect(await server.ended).toBe(0);
});

test.concurrent('a server that stops', async () => {
  const sessions = new CallSessions(() => {});
  // Its calls are not over before.
  const server = await startServer([[PhoneService, phone({ sessions, log: () => {}, dialMs: 1, ringMs: 3_600_000 })]]);
  const caller = client.start(`localhost:${server.port}`);
  await caller.prints(/NEW/);
  await server.stop();
  expect(await caller.ended).toBe(1);
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
