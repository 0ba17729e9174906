import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { skip } from '@grpc-by-example/testing';
import { staleCode } from 'run-typescript/stale-code';
import { expect, test } from 'vitest';
import { disagreements } from './disagreements.ts';
import { generate, missingBinaries } from './generate.ts';

/** The tests that every proto package has. Declares them; call it at the top of a test file. */
export function testProtoPackage(folder: string, protoFile: string): void {
  const require = createRequire(join(folder, 'package.json'));

  test('the code was generated of the .proto file as it is', () => {
    expect(staleCode([join(folder, 'gen/index.js')])).toEqual([]);
  });

  test('the generated code agrees with the .proto file', () => {
    const protoText = readFileSync(join(folder, protoFile), 'utf8');
    const imported = [...protoText.matchAll(/^import "(google\/.*)\.proto";/gm)];
    const types = imported.map(([, path]) => require(`google-protobuf/${path}_pb.js`));
    expect(disagreements(protoText, Object.assign({}, ...types, require(folder)))).toEqual([]);
  });

  test('generating it again changes nothing', (context) => {
    const missing = missingBinaries();
    if (missing.length > 0)
      skip(context, `${missing.map((path) => basename(path)).join(' and ')} of grpc-tools not there`);
    const output = mkdtempSync(join(tmpdir(), 'generated-'));
    try {
      expect(generate(folder, protoFile, output)).toBe(0);
      const read = (from: string) => readdirSync(from).map((file) => [file, readFileSync(join(from, file), 'utf8')]);
      expect(read(output)).toEqual(read(join(folder, 'gen')));
    } finally {
      rmSync(output, { recursive: true });
    }
  });
}
