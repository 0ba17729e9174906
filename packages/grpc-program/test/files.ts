import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@grpc-by-example/testing';

/** A folder for files, dropped after the tests. */
export function temporaryFiles() {
  const path = temporaryFolder();
  return {
    path,
    /** Writes a file into it, and gives its path. */
    file(name: string, content: string | Buffer): string {
      writeFileSync(join(path, name), content);
      return join(path, name);
    },
  };
}
