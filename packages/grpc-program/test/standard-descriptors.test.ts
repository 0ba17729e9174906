import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFileDescriptorSetFromBuffer, loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');

/** The names and numbers of all that a file declares. */
function declared(definitions: PackageDefinition) {
  return Object.entries(definitions).map(([name, definition]) => {
    if (!('type' in definition)) return [name, Object.values(definition).map(({ path }) => path)];
    const { field = [], value = [] } = definition.type as { field?: Numbered[]; value?: Numbered[] };
    return [
      name,
      field.map(({ name, number, type, label, typeName }) => ({ name, number, type, label, typeName })),
      value,
    ];
  });
}

type Numbered = { name: string; number: number; type?: string; label?: string; typeName?: string };

test.each(['health', 'reflection_v1', 'reflection_v1alpha'])(
  'the descriptors of %s are those of its .proto',
  (name) => {
    const fromProto = loadSync(join(folder, `proto/${name}.proto`), { keepCase: true });
    const fromBytes = loadFileDescriptorSetFromBuffer(readFileSync(join(folder, `gen/${name}.binpb`)));
    expect(Object.keys(fromBytes).length).toBeGreaterThan(2);
    expect(declared(fromBytes).sort()).toEqual(declared(fromProto).sort());
  },
);
