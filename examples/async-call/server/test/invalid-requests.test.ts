import { status } from '@grpc/grpc-js';
import { openSocketsAndTimers, until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { type PhoneCall, told } from './phone-peer.ts';
import { NEVER, type PhoneServer, serve } from './start.ts';

const NUMBER = { phone_number: '94771234567' };

async function checkRefused(call: PhoneCall, details: string): Promise<void> {
  expect(await call.status).toMatchObject({ code: status.INVALID_ARGUMENT, details });
}

async function checkNoCallIsLeft({ server, sessions }: PhoneServer): Promise<void> {
  await until(() => server.openCalls.size === 0);
  expect(sessions.size).toBe(0);
}

const TWO_REQUESTS = 'a call has one request, and this is a second one';

test.each([
  '',
  '12',
  '1234567890123456',
  '+12',
  '++123',
  '+',
  '123+',
  ' 123',
  '123\n',
  '12 34',
  '0x123',
  '١٢٣',
  '12３',
])('a phone number that is none is refused: %j', async (number) => {
  const service = await serve({ dialMs: NEVER });
  const call = service.connect().dial(number);
  await checkRefused(call, 'phone_number must be 3 to 15 digits, with or without a + before them');
  expect(call.responses).toEqual([]);
  expect(service.log).toEqual([]);
  await checkNoCallIsLeft(service);
});

test.each(['123', '+123', '000', '123456789012345', '+123456789012345'])('a phone number is %s', async (number) => {
  const call = (await serve()).connect().dial(number);
  expect(await call.status).toMatchObject({ code: status.OK });
  expect(told(call)).toHaveLength(4);
});

test('a half-close without a request is refused', async () => {
  const service = await serve({ dialMs: NEVER });
  const call = service.connect().call([]);
  call.call.end();
  await checkRefused(call, 'the call was half-closed without a request; send one with the phone number');
  expect(service.log).toEqual([]);
  await checkNoCallIsLeft(service);
});

test('a second request at once is refused, before the first state', async () => {
  const service = await serve({ dialMs: NEVER });
  const call = service.connect().call([NUMBER, NUMBER]);
  await checkRefused(call, TWO_REQUESTS);
  expect(call.responses).toEqual([]);
  expect(service.log).toEqual([
    'Received a phone call request for number [94771234567]',
    'Call finished [94771234567]',
  ]);
  await checkNoCallIsLeft(service);
});

test('a second request in the middle of a call ends it at once, and its session is cleaned', async () => {
  const service = await serve({ talkMs: NEVER });
  const call = service.connect().call([NUMBER]);
  await call.received(3);
  call.send(NUMBER);
  await checkRefused(call, TWO_REQUESTS);
  expect(told(call)).toEqual(['NEW', '0: https://link.to.audio.resources', 'ACTIVE']);
  expect(service.log.slice(-2)).toEqual(['Call finished [94771234567]', 'Call session cleaned [0]']);
  await checkNoCallIsLeft(service);
});

test('a caller that sends without end is refused like any other', async () => {
  const service = await serve({ dialMs: NEVER });
  const call = service.connect().call(Array.from({ length: 5_000 }, () => NUMBER));
  await checkRefused(call, TWO_REQUESTS);
  await checkNoCallIsLeft(service);
});

test.each([
  ['first', 0],
  ['second', 1],
])('a request over 4 MiB ends its call, as the %s one too', async (_, before) => {
  const service = await serve({ stepMs: 100 });
  const peer = service.connect();
  const neighbour = peer.dial('123');
  const call = peer.call([...Array(before).fill(NUMBER), { phone_number: '1'.repeat(4 * 1024 * 1024) }]);
  expect(await call.status).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  expect(await neighbour.status).toMatchObject({ code: status.OK });
  expect(neighbour.responses).toHaveLength(4);
  await checkNoCallIsLeft(service);
});

test('a refused call disturbs no other one, and leaves no timer', async () => {
  const service = await serve({ stepMs: 100 });
  const [good, bad] = [service.connect(), service.connect()];
  const call = good.dial('94771234567');
  for (let n = 0; n < 20; n++) {
    await checkRefused(bad.call([NUMBER, NUMBER]), TWO_REQUESTS);
    expect(await bad.dial('abc').status).toMatchObject({ code: status.INVALID_ARGUMENT });
  }
  expect(await call.status).toMatchObject({ code: status.OK });
  expect(told(call)).toEqual(['NEW', '0: https://link.to.audio.resources', 'ACTIVE', 'ENDED']);
  good.close();
  bad.close();
  await checkNoCallIsLeft(service);
  await until(() => openSocketsAndTimers().length === 0);
});
