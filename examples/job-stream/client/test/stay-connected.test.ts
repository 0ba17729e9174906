import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { freePort, openSocketsAndTimers, until } from '@grpc-by-example/testing';
import { statusError } from 'grpc-streams';
import { expect, test } from 'vitest';
import { stayConnected } from '../src/stay-connected.ts';
import { work } from '../src/work.ts';
import { mapJob, type PeerSession } from './job-peer.ts';
import { connect, serve } from './start.ts';

const never = new AbortController().signal;
const away = statusError(status.UNAVAILABLE, 'nobody there');

/** Runs these sessions, one after the other; gives what was printed, how many began, and the waits between them. */
async function stay(sessions: ((onRegistered: () => void) => Promise<boolean>)[], times = {}) {
  const printed: string[] = [];
  const waits: number[] = [];
  let begun = 0;
  await stayConnected((onRegistered) => sessions[begun++]?.(onRegistered) ?? Promise.resolve(true), {
    print: (line) => printed.push(line),
    interrupted: never,
    wait: async (ms) => {
      waits.push(ms);
    },
    ...times,
  });
  return { printed, begun, waits };
}

test('a master that is away is looked for until it is back, and told once', async () => {
  const { printed, begun } = await stay([
    () => Promise.reject(away),
    () => Promise.reject(statusError(status.INTERNAL, 'reset')),
    async (onRegistered) => {
      onRegistered();
      throw statusError(status.CANCELLED, 'dropped');
    },
    async () => false,
    async (onRegistered) => {
      onRegistered();
      return true;
    },
  ]);
  expect(begun).toBe(5);
  expect(printed).toEqual([
    'the master is away (UNAVAILABLE: nobody there); retrying until it is back',
    'connected to the master',
    'the master is away (CANCELLED: dropped); retrying until it is back',
    'connected to the master',
  ]);
});

test('each wait is twice as long as the one before, up to the longest; a session begins anew', async () => {
  const fail = () => Promise.reject(away);
  const registerAndFail = async (onRegistered: () => void) => {
    onRegistered();
    throw away;
  };
  const { waits } = await stay([fail, fail, fail, fail, fail, registerAndFail], { firstMs: 40, longestMs: 160 });
  const longest = [40, 80, 160, 160, 160, 40];
  expect(waits.length).toBe(longest.length);
  // At random between half of it and all.
  for (const [index, ms] of longest.entries()) {
    expect(waits[index]).toBeGreaterThanOrEqual(ms / 2);
    expect(waits[index]).toBeLessThanOrEqual(ms);
  }
});

test.each([status.INVALID_ARGUMENT, status.UNIMPLEMENTED, status.PERMISSION_DENIED, status.RESOURCE_EXHAUSTED])(
  'a failure that would come again is thrown: %i',
  async (code) => {
    const refused = statusError(code, 'no');
    await expect(stay([() => Promise.reject(refused)])).rejects.toBe(refused);
  },
);

test('the interrupt ends a wait at once, and a session that fails then is no failure', async () => {
  for (const where of ['wait', 'session']) {
    const interruption = new AbortController();
    let sessions = 0;
    const ended = stayConnected(
      async () => {
        sessions += 1;
        if (where === 'session') interruption.abort();
        throw away;
      },
      { print: () => {}, interrupted: interruption.signal, firstMs: 600_000, longestMs: 600_000 },
    );
    await delay(0);
    interruption.abort();
    await ended;
    expect(sessions).toBe(1);
  }
  await until(() => openSocketsAndTimers().length === 0);
});

test('a worker whose master is restarted at the same address works on', async () => {
  const sessions: PeerSession[] = [];
  const first = await serve((session) => sessions.push(session), await freePort());
  const client = connect(first.address);
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  const ended = stayConnected((onRegistered) => work(client, { print, onRegistered, interrupted: never }), {
    print,
    interrupted: never,
    firstMs: 20,
    longestMs: 100,
  });
  await until(() => sessions.length === 1);
  sessions[0]?.send(mapJob('map-1', 'one'));
  await sessions[0]?.hears(1);
  first.stop();
  await until(() => printed.some((line) => line.startsWith('the master is away')));
  await serve((session) => sessions.push(session), first.port);
  await until(() => sessions.length === 2);
  sessions[1]?.send(mapJob('map-2', 'two'), { shutdown: {} });
  expect((await sessions[1]?.hears(2))?.shutdown_reply).toEqual({ jobs_done: '1' });
  sessions[1]?.end();
  await ended;
  expect(printed.filter((line) => line === 'connected to the master').length).toBe(2);
});
