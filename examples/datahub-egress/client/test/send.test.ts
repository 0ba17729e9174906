import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import type { Sent } from '../../proto/test/contract.mts';
import { ingest } from '../src/ingest.ts';
import { send } from '../src/send.ts';
import type { Handlers } from './datahub-peer.ts';
import { connect, serve } from './start.ts';

const GUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const COUNTED = { isSuccess: true, dataPackageCount: '9007199254740991' };

async function run(what: 'ingest' | 'send', handlers: Handlers): Promise<string[]> {
  const { ingest: client } = connect(await serve(handlers));
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  if (what === 'ingest') await ingest(client, print);
  else await send(client, { tagName: 'größe', values: ['A01', '', 'A 03 👋'], print });
  return printed;
}

test('send: one request with all values; the count of the response is printed', async () => {
  const requests: Sent<string[]>[] = [];
  const printed = await run('send', {
    unary: (call, answer) => {
      requests.push(call.request);
      answer(null, COUNTED);
    },
  });
  expect(requests).toEqual([
    {
      telemetryGuid: expect.stringMatching(GUID),
      tagName: 'größe',
      tagValue: ['A01', '', 'A 03 👋'],
      trackingGuid: expect.stringMatching(GUID),
    },
  ]);
  expect(requests[0]?.telemetryGuid).not.toBe(requests[0]?.trackingGuid);
  expect(printed).toEqual(['9007199254740991']);
});

test('ingest: ten packages with the time as .NET ticks, then the half-close; the count of the response is printed', async () => {
  const packages: Sent[] = [];
  const now = () => BigInt(Date.now()) * 10_000n + 621_355_968_000_000_000n;
  const before = now();
  const printed = await run('ingest', {
    stream: (call, answer) => {
      call.on('data', (dataPackage: Sent) => packages.push(dataPackage));
      call.on('end', () => answer(null, COUNTED));
    },
  });
  expect(packages).toHaveLength(10);
  const [{ telemetryGuid, trackingGuid } = { telemetryGuid: '', trackingGuid: '' }] = packages;
  expect([telemetryGuid, trackingGuid]).toEqual([expect.stringMatching(GUID), expect.stringMatching(GUID)]);
  for (const dataPackage of packages) {
    expect(dataPackage).toEqual({ telemetryGuid, trackingGuid, tagName: 'DateTimeTicks', tagValue: expect.anything() });
    expect(BigInt(dataPackage.tagValue) >= before && BigInt(dataPackage.tagValue) <= now()).toBe(true);
  }
  expect(printed).toEqual(['9007199254740991']);
});

test.each(['ingest', 'send'] as const)('%s: a response that is no success is a failure, and says why', async (what) => {
  const refused = { isSuccess: false, lastError: 'the disk is full' };
  const running = run(what, {
    unary: (_, answer) => answer(null, refused),
    stream: (call, answer) => {
      call.resume();
      call.on('end', () => answer(null, refused));
    },
  });
  await expect(running).rejects.toMatchObject({ code: status.ABORTED, details: 'the disk is full' });
});

test.each(['ingest', 'send'] as const)('%s: a server that fails the call is reported by its status', async (what) => {
  const refusal = { code: status.INVALID_ARGUMENT, details: 'tagName must not be empty' };
  const running = run(what, { unary: (_, answer) => answer(refusal), stream: (_, answer) => answer(refusal) });
  await expect(running).rejects.toMatchObject(refusal);
});

test('an answer before the end of the stream is the answer', async () => {
  expect(await run('ingest', { stream: (_, answer) => answer(null, COUNTED) })).toEqual(['9007199254740991']);
});
