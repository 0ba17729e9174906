import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder for the test, dropped with what is in it when the test is finished. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'job-stream-'));
  onTestFinished(() => rmSync(folder, { recursive: true, maxRetries: 5 }));
  return folder;
}

/** Writes each text to a file of its own; gives their paths. */
export function filesOf(...texts: (string | Buffer)[]): string[] {
  const folder = newFolder();
  return texts.map((text, index) => {
    const path = join(folder, `${index}.txt`);
    writeFileSync(path, text);
    return path;
  });
}
