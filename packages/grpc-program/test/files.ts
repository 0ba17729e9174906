import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopLater } from 'testing';

/** A folder that is gone after the tests. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'service-'));
  stopLater(() => rmSync(path, { recursive: true }));
  return {
    path,
    /** Writes a file into it, and gives its path. */
    file(name: string, content: string): string {
      writeFileSync(join(path, name), content);
      return join(path, name);
    },
  };
}
