import { status } from '@grpc/grpc-js';
import { bidiStreaming } from 'grpc-streams';
import { expect, test } from 'vitest';
import type { Words } from './echo-service.ts';
import { openInTime, serve } from './start.ts';

// Who is frozen is noticed: that is in the table of the faults.

test.concurrent.for(['stops', 'finds the connection too old'])(
  'a server that %s pings nobody to death',
  async (what) => {
    const stubborn = bidiStreaming<Words, Words>(async function* () {
      yield { text: 'I take my time' };
      await new Promise(() => {});
    });
    const isOld = what !== 'stops';
    // Two pings are due within the grace period.
    const options = {
      keepaliveSeconds: 1,
      graceMs: 2_500,
      lastStatusMs: 3_600_000,
      maxConnectionAgeSeconds: isOld ? 1 : 0,
    };
    const server = await serve({ talk: stubborn }, options);
    const { stream, startedAt } = await openInTime(server, 'hello');
    if (!isOld) void server.stop();
    const { code, details } = await stream.status;
    expect({ code, details }).toEqual({
      code: status.UNAVAILABLE,
      details: isOld ? 'the connection is too old' : 'server is shutting down',
    });
    // The age is a tenth more or less.
    expect(performance.now() - startedAt).toBeGreaterThan(isOld ? 3_300 : 2_400);
  },
);
