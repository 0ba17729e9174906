import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { stopAll } from './stop-later.ts';
import { openSocketsAndTimers, until } from './wait.ts';

/** What Node warns of, as of too many listeners or a timer that is late before it starts, people would read too. */
const warnings: string[] = [];
const onWarning = ({ name, message }: Error) => warnings.push(`${name}: ${message}`);
beforeAll(() => void process.on('warning', onWarning));
afterAll(() => void process.off('warning', onWarning));
afterEach(() => expect(warnings.splice(0), 'warnings of Node').toEqual([]));

/** The next file runs in the same process: it must find no fake, no socket or timer, and no client, of this one. */
afterAll(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await stopAll();
  const left = () => [...openSocketsAndTimers(), ...clientsLeft()];
  await until(() => left().length === 0).catch(() => {
    throw new Error(`left open by this file: ${left().join(', ')}`);
  });
});

const require = createRequire(import.meta.url);
const POOL = require.resolve('@grpc/grpc-js/build/src/subchannel-pool');

/**
 * The targets of clients that nobody closed. grpc-js keeps their connections in one pool for the whole process, and
 * one that was refused makes the first calls of a later client fail, whose server got the same port.
 */
function clientsLeft(): string[] {
  const pool = require.cache[POOL]?.exports.getSubchannelPool(true); // what no test has loaded is not loaded here
  pool?.unrefUnusedSubchannels();
  return Object.entries<unknown[]>(pool?.pool ?? {}).flatMap(([target, { length }]) => (length > 0 ? [target] : []));
}
