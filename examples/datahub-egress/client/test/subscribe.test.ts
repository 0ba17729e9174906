import { status } from '@grpc/grpc-js';
import { deadlineIn, listenInSilence, longEnough, soon, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import type { Subscribed } from '../../proto/test/contract.mts';
import { type SubscribeOptions, subscribe } from '../src/subscribe.ts';
import { type EgressCall, fail, sendPackage } from './datahub-peer.ts';
import { connect, serve } from './start.ts';

const GUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const CANCELLED = 'Status(StatusCode="Cancelled", Detail="Call canceled by the client.")';

/** Subscribes at this server. */
async function start(
  egress: (call: EgressCall) => void,
  {
    deadline = soon,
    knowsPositions = false,
    ...options
  }: Partial<SubscribeOptions> & { deadline?: typeof soon; knowsPositions?: boolean } = {},
) {
  const { egress: client } = connect(await serve({ egress, knowsPositions }), deadline);
  const printed: string[] = [];
  const warned: string[] = [];
  const interruption = new AbortController();
  const ended = subscribe(client, {
    tagName: 'SomeTagName',
    limitMs: 60_000,
    field: 'guid',
    print: (line) => printed.push(line),
    warn: (line) => warned.push(line),
    firstWaitMs: 1,
    interrupted: interruption.signal,
    ...options,
  });
  ended.catch(() => {}); // the test awaits it later
  return { printed, warned, ended, interrupt: () => interruption.abort() };
}

test('the request has the tag and a new GUID, and that GUID is printed for each package', async () => {
  const requests: Subscribed[] = [];
  const subscribeOnce = async () => {
    const { printed, ended } = await start((call) => {
      requests.push(call.request);
      expect(call.getPath()).toBe('/MsgBroker.Egress/GetDataPackagesStream');
      for (let n = 0; n < 3; n++) sendPackage(call);
      call.end();
    });
    await ended;
    return printed;
  };
  const [first, second] = [await subscribeOnce(), await subscribeOnce()];
  expect(requests).toEqual([
    { tagName: 'SomeTagName', trackingGuid: expect.stringMatching(GUID) },
    { tagName: 'SomeTagName', trackingGuid: expect.stringMatching(GUID) },
  ]);
  expect(first).toEqual(Array.from({ length: 3 }, () => requests[0]?.trackingGuid));
  expect(second).toEqual(Array.from({ length: 3 }, () => requests[1]?.trackingGuid));
  expect(first).not.toEqual(second);
});

test('a package that is no success is not printed, and the next one is', async () => {
  const { printed, ended } = await start(
    (call) => {
      sendPackage(call, { tagValue: 'first' });
      sendPackage(call, { IsSuccess: false, LastError: 'sensor is away', tagValue: 'second' });
      sendPackage(call, { tagValue: 'third' });
      call.end();
    },
    { field: 'value' },
  );
  await ended;
  expect(printed).toEqual(['first', 'third']);
});

test('each package is printed as soon as it comes', async () => {
  const calls: EgressCall[] = [];
  const { printed, ended } = await start((call) => calls.push(call), { field: 'value' });
  await until(() => calls.length === 1);
  for (let n = 1; n <= 3; n++) {
    for (const call of calls) sendPackage(call, { tagValue: `${n}` });
    await until(() => printed.length === n);
  }
  calls[0]?.end();
  await ended;
  expect(printed).toEqual(['1', '2', '3']);
});

/** Subscribes at a server that sends a package, and no more; and tells whether it is cancelled. */
async function startAtQuiet(limitMs: number) {
  let cancelled = false;
  const started = await start(
    (call) => {
      sendPackage(call);
      call.on('cancelled', () => {
        cancelled = true;
      });
    },
    { limitMs },
  );
  return { ...started, cancelled: () => cancelled };
}

test('when the user interrupts the call is cancelled, and that is told', async () => {
  const { printed, ended, interrupt, cancelled } = await startAtQuiet(60_000);
  await until(() => printed.length === 1);
  interrupt();
  await ended;
  expect(printed).toEqual([expect.stringMatching(GUID), CANCELLED]);
  await until(cancelled);
});

test.concurrent('when the time is up the call is cancelled, and that is told', async () => {
  const subscribeFor = async (seconds: number) => {
    const { printed, ended, cancelled } = await startAtQuiet(seconds * 1_000);
    await ended.catch(() => {}); // it may be up before there is a connection
    return { printed, cancelled };
  };
  const { printed, cancelled } = await longEnough(subscribeFor, ({ printed }) => printed.length > 1);
  expect(printed).toEqual([expect.stringMatching(GUID), CANCELLED]);
  await until(cancelled);
});

test.each([true, false])('an interrupt is one before the first package too; server reached: %s', async (reached) => {
  const calls: EgressCall[] = [];
  const { printed, ended, interrupt } = await start((call) => calls.push(call));
  if (reached) await until(() => calls.length === 1);
  interrupt();
  await ended;
  expect(printed).toEqual([CANCELLED]);
});

test.concurrent.each([true, false])(
  'a time that is up before there is a connection is a failure; interrupted: %s',
  async (isInterrupted) => {
    const { address } = await listenInSilence();
    const { egress } = connect(address);
    const printed: string[] = [];
    const print = (line: string) => printed.push(line);
    const interruption = new AbortController();
    const limitMs = isInterrupted ? 60_000 : 100;
    const interrupted = interruption.signal;
    const ended = subscribe(egress, { tagName: 'T', limitMs, field: 'guid', print, warn: print, interrupted });
    if (isInterrupted) {
      interruption.abort();
      await ended;
      expect(printed).toEqual([CANCELLED]);
    } else {
      const details = 'no connection to the server within 0.1 s';
      await expect(ended).rejects.toMatchObject({ code: status.UNAVAILABLE, details });
      expect(printed).toEqual([]);
    }
  },
);

test('a server that floods a client that has cancelled does not keep it', async () => {
  const { printed, ended, interrupt } = await start((call) => {
    const flood = setInterval(() => {
      for (let n = 0; n < 100; n++) sendPackage(call);
    }, 1);
    call.on('cancelled', () => clearInterval(flood));
  });
  await until(() => printed.length > 100);
  interrupt();
  await ended;
  expect(printed.at(-1)).toBe(CANCELLED);
  expect(printed.filter((line) => line === CANCELLED)).toHaveLength(1);
});

test('a call that fails is no cancel: what came before is printed, then the status is thrown', async () => {
  const { printed, ended } = await start((call) => {
    sendPackage(call);
    void until(() => printed.length === 1).then(() => fail(call, { code: status.CANCELLED, details: 'by the server' }));
  });
  await expect(ended).rejects.toMatchObject({ code: status.CANCELLED, details: 'by the server' });
  expect(printed).toHaveLength(1);
});

test('a stream that ends after a package that is no success has failed, and says why', async () => {
  const { printed, ended } = await start((call) => {
    sendPackage(call);
    sendPackage(call, { IsSuccess: false, LastError: 'you read too slowly' });
    call.end();
  });
  await expect(ended).rejects.toMatchObject({ code: status.ABORTED, details: 'you read too slowly' });
  expect(printed).toHaveLength(1);
});

test('a server that ends the stream with OK ends it, also an empty one', async () => {
  const { printed, ended } = await start((call) => call.end());
  await ended;
  expect(printed).toEqual([]);
});

test.concurrent('a server that sends nothing is waited for until the deadline of the call', async () => {
  const { ended } = await start(() => {}, { deadline: () => deadlineIn(300) });
  await expect(ended).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
});

const AWAY = { code: status.UNAVAILABLE, details: 'server is shutting down' };
const packageAt = (position: number) => ({ tagValue: `${position}`, position: `${position}` });

test('when the server goes away it subscribes again, from the last position, and that is told once', async () => {
  const requests: Subscribed[] = [];
  const { printed, warned, ended } = await start(
    (call) => {
      requests.push(call.request);
      const next = Number(call.request.after ?? 0) + 1;
      // Two tries in a row fail at once.
      if (requests.length % 3 === 1) for (const n of [next, next + 1]) sendPackage(call, packageAt(n));
      if (next < 7) fail(call, AWAY);
      else call.end();
    },
    { field: 'value', knowsPositions: true },
  );
  await ended;
  expect(printed).toEqual(['1', '2', '3', '4', '5', '6']);
  const told = 'Lost the server (UNAVAILABLE: server is shutting down); subscribing again';
  expect(warned).toEqual([told, told, told]);
  expect(new Set(requests.map(({ trackingGuid }) => trackingGuid)).size).toBe(1);
});

test('a message without a position, as the last of the hub, is no place to go on from', async () => {
  const afters: (string | undefined)[] = [];
  const { ended } = await start(
    (call) => {
      afters.push(call.request.after);
      if (afters.length === 1) {
        sendPackage(call, packageAt(1));
        sendPackage(call, { IsSuccess: false, LastError: 'sensor is away' });
        fail(call, AWAY);
      } else call.end();
    },
    { knowsPositions: true },
  );
  await ended;
  expect(afters).toEqual([undefined, '1']);
});

test.each([
  ['a server that says no positions', false, AWAY],
  ['a failure that would only happen again', true, { code: status.OUT_OF_RANGE, details: 'the position is too old' }],
])('%s ends the subscription', async (_, knowsPositions, failure) => {
  const { printed, warned, ended } = await start(
    (call) => {
      sendPackage(call, packageAt(1));
      fail(call, failure);
    },
    { knowsPositions },
  );
  await expect(ended).rejects.toMatchObject(failure);
  expect([printed.length, warned]).toEqual([1, []]);
});

/** Subscribes at a server that sends a package, and then is away. */
async function startAtLeaving(limitMs: number) {
  let calls = 0;
  const started = await start(
    (call) => {
      if (calls++ === 0) sendPackage(call, packageAt(1));
      fail(call, AWAY);
    },
    { limitMs, knowsPositions: true },
  );
  return { ...started, calls: () => calls };
}

test('an interrupt while the server is away is no failure', async () => {
  const { printed, ended, interrupt, calls } = await startAtLeaving(60_000);
  await until(() => calls() > 1);
  interrupt();
  await ended;
  expect(printed.at(-1)).toBe(CANCELLED);
});

test.concurrent('a server that is away when the time is up is a failure', async () => {
  const subscribeFor = async (seconds: number) => {
    const { printed, ended, calls } = await startAtLeaving(seconds * 1_000);
    return { printed, error: await ended.catch((error: unknown) => error), calls: calls() };
  };
  const { printed, error } = await longEnough(subscribeFor, ({ calls }) => calls > 1);
  expect(error).toMatchObject(AWAY);
  expect(printed).toHaveLength(1);
});
