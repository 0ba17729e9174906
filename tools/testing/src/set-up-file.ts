import { afterAll, vi } from 'vitest';
import { stopAll } from './stop-later.ts';
import { openSocketsAndTimers, until } from './wait.ts';

/** The next file runs in the same process: it must find no fake, and no socket or timer, of this one. */
afterAll(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await stopAll();
  await until(() => openSocketsAndTimers().length === 0);
});
