import { afterAll, vi } from 'vitest';
import { stopAll } from './stop-later.ts';
import { openSocketsAndTimers, until } from './wait.ts';

/** The next file runs in the same process: it must find nothing that this one has changed, or left open. */
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await stopAll();
  await until(() => openSocketsAndTimers().length === 0);
});
