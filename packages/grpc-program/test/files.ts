import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { onTestFinished } from 'vitest';
import type { Authority } from './certificates.ts';

/** A folder that is gone when the test is finished. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'service-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return {
    path,
    /** Writes a file into it, and gives its path. */
    file(name: string, content: string): string {
      writeFileSync(join(path, name), content);
      return join(path, name);
    },
  };
}

/** A certificate for localhost that the authority signs, and that is good only until then. */
export async function shortLived(authority: Authority, until: Date) {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'short-lived' }], {
    ca: authority,
    notBeforeDate: new Date(until.getTime() - 86_400_000),
    notAfterDate: until,
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  return { cert, key };
}
