import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

const ready = join(import.meta.dirname, '../src/ready.ts');
const withProtoc = (PROTOC: string) => run([process.execPath, '--import', 'tsx', ready], { env: { PROTOC } });

test('a protoc that will not do is told in a line', async () => {
  const [missing, today] = ['missing', 'today'].map((name) => join(temporaryFolder(), name));
  writeFileSync(today ?? '', '#!/bin/sh\necho libprotoc 36.2\n');
  chmodSync(today ?? '', 0o755);
  const told = await Promise.all([withProtoc(missing ?? ''), withProtoc(today ?? '')]);
  expect(told).toEqual([
    { exit: 1, stdout: '', stderr: `Error: nothing generated: cannot run PROTOC, ${missing} (ENOENT)\n` },
    {
      exit: 1,
      stdout: '',
      stderr:
        'Error: nothing generated: PROTOC is libprotoc 36.2; up to 3.20, protoc has the generator of JavaScript in it\n',
    },
  ]);
});
