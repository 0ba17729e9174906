import { EventEmitter } from 'node:events';
import { status } from '@grpc/grpc-js';
import { expect } from 'vitest';
import { connectTo, subscribeTo } from './peers.ts';
import { check, folder, task } from './task.ts';
import { within } from './turns.ts';

const { alarms }: typeof import('../end/server/alarms.ts') = await import(`../${folder}/server/alarms.ts`);
const { followAlarms }: typeof import('../end/client/follow-alarms.ts') = await import(
  `../${folder}/client/follow-alarms.ts`
);

const SOON_MS = 1_500;

task(5, async () => {
  const sensor = new EventEmitter();
  const logged: string[] = [];
  const subscriber = await subscribeTo(alarms({ sensor, log: (line) => logged.push(line) }));
  await within(SOON_MS, () => sensor.listenerCount('alarm') > 0);
  sensor.emit('alarm', 'too hot');
  await subscriber.received(1).catch(() => {});
  expect(subscriber.responses, 'an alarm is passed on').toEqual([{ IsSuccess: true, tagValue: 'too hot' }]);

  subscriber.call.cancel();
  const gone = await within(SOON_MS, () => logged.some((line) => line.endsWith(' is gone')));
  check(gone, 'a cancel ends the generator although no other alarm comes');
  check(sensor.listenerCount('alarm') === 0, 'nobody listens to the sensor any more');
});

task(6, async () => {
  let isCancelled = false;
  const quiet = await connectTo((call) => {
    call.on('cancelled', () => {
      isCancelled = true;
    });
    call.write({ IsSuccess: true, tagValue: 'too hot' });
  });
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  const stop = new AbortController();
  const following = followAlarms(quiet, { print, interrupted: stop.signal });
  following.catch(() => {}); // it is awaited later
  check(await within(SOON_MS, () => printed.length > 0), 'an alarm is printed');
  expect(printed).toEqual(['too hot']);
  stop.abort();
  check(await within(SOON_MS, () => isCancelled), 'the call is cancelled although no other alarm comes');
  await expect(following, 'a call that the client cancelled is no failure').resolves.toBeUndefined();

  const refusal = { code: status.PERMISSION_DENIED, details: 'members only' };
  const refusing = await connectTo((call) => call.emit('error', refusal));
  const refused = followAlarms(refusing, { print, interrupted: new AbortController().signal });
  await expect(refused, 'a call that the server failed is a failure').rejects.toMatchObject(refusal);
});
