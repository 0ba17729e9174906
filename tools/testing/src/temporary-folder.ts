import { mkdtempSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopLater } from './stop-later.ts';

/** A folder that is dropped, with what is in it, when all tests of the file are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'test-'));
  stopLater(async () => {
    // Tries again as long as a program that is stopped at the same time writes there.
    await rm(folder, { recursive: true, maxRetries: 20 });
    // In Node 20 and 22, realpathSync looks at what the last `stat` has found: after a pipe or a socket it gives paths
    // of which it knows a part with the links in them, and `require` of such a package fails.
    statSync(tmpdir());
  });
  return folder;
}
