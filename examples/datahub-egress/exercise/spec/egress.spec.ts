import { status } from '@grpc/grpc-js';
import { expect } from 'vitest';
import { connectTo, subscribeTo } from './peers.ts';
import { check, folder, task } from './task.ts';
import { within } from './turns.ts';

const { egress }: typeof import('../end/server/egress.ts') = await import(`../${folder}/server/egress.ts`);
const { subscribe }: typeof import('../end/client/subscribe.ts') = await import(`../${folder}/client/subscribe.ts`);

const CANCELLED = 'Status(StatusCode="Cancelled", Detail="Call canceled by the client.")';
const SOON_MS = 1_500;

task(1, async () => {
  const intervalMs = 100;
  const subscriber = await subscribeTo(egress({ intervalMs, log: () => {} }));
  const start = performance.now();
  await subscriber.received(4).catch(() => {});
  check(subscriber.responses.length >= 4, 'packages come without an end');
  check(performance.now() - start > 2.5 * intervalMs, 'the packages come one each interval');
  for (const dataPackage of subscriber.responses) {
    expect(dataPackage, 'a package is a success, and has the GUID and the tag of the request').toEqual({
      IsSuccess: true,
      trackingGuid: expect.stringMatching(/^[\da-f-]{36}$/),
      tagName: 'SomeTagName',
      tagValue: expect.stringMatching(/^\d{18}$/),
    });
  }
  subscriber.call.cancel();
});

task(2, async () => {
  const logged: string[] = [];
  const subscriber = await subscribeTo(egress({ intervalMs: 60_000, log: (line) => logged.push(line) }));
  await subscriber.received(1);
  subscriber.call.cancel();
  const gone = await within(SOON_MS, () => logged.some((line) => line.endsWith(' is gone')));
  check(gone, 'a cancel in the middle of its pause ends the generator at once, so that its finally runs');
});

task(3, async () => {
  const guids: string[] = [];
  const client = await connectTo((call) => {
    const { trackingGuid } = call.request;
    guids.push(trackingGuid);
    call.write({ IsSuccess: true, trackingGuid });
    call.write({ IsSuccess: false, LastError: 'the sensor is away', trackingGuid: 'of no success' });
    call.write({ IsSuccess: true, trackingGuid });
    call.end();
  });
  const printed: string[] = [];
  const interrupted = new AbortController().signal;
  const print = (line: string) => printed.push(line);
  await subscribe(client, { tagName: 'SomeTagName', limitMs: 60_000, print, interrupted });
  expect(printed, 'the GUID is printed for each of the two packages that are a success').toEqual([...guids, ...guids]);
});

task(4, async () => {
  const options = { tagName: 'SomeTagName', limitMs: 200, interrupted: new AbortController().signal };
  let cancelled = false;
  const quiet = await connectTo((call) => {
    call.on('cancelled', () => {
      cancelled = true;
    });
  });
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  const subscribed = subscribe(quiet, { ...options, print });
  subscribed.catch(() => {}); // it is awaited later
  check(await within(SOON_MS, () => cancelled), 'the call is cancelled when its time is up');
  await expect(subscribed, 'a call that the client cancelled is no failure').resolves.toBeUndefined();
  expect(printed, 'the cancel is told').toEqual([CANCELLED]);

  const refusal = { code: status.PERMISSION_DENIED, details: 'members only' };
  const refusing = await connectTo((call) => call.emit('error', refusal));
  printed.length = 0;
  const refused = subscribe(refusing, { ...options, limitMs: 60_000, print });
  await expect(refused, 'a call that the server failed is a failure').rejects.toMatchObject(refusal);
  expect(printed, 'a failure is not told as a cancel').toEqual([]);
});
