import protobuf from 'protobufjs';
import { contractDigest } from 'run-typescript/stale-code';

const WHY =
  '// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.';

/** A module of generated code, and what of it a proto package exports. */
interface Exported {
  readonly from: string;
  readonly names: readonly string[];
  /** Names that are types alone. */
  readonly types?: readonly string[];
}

/**
 * What goes beside the code that protoc generates: a module with all of it, and with those types of google's that the
 * contract uses.
 *
 * @param protoText one contract, which may import those of google and no others
 * @param options whether the package loads protobuf-strings, as it should where messages have strings
 * @returns the texts of `index.js` and `index.d.ts`
 */
export function exportsOf(
  protoText: string,
  protoFile: string,
  { protobufStrings = true } = {},
): Record<'index.js' | 'index.d.ts', string> {
  const base = protoFile.replace(/\.proto$/, '');
  const { root } = protobuf.parse(protoText, { keepCase: true });
  const modules = [...googleTypes(protoText), ...ownTypes(root, base)];
  const first = `// GENERATED CODE -- DO NOT EDIT! Of ${protoFile}, ${contractDigest(protoText)}, by pnpm generate.`;
  return {
    'index.js': lines(
      first,
      "const { readFileSync } = require('node:fs');",
      "const { join } = require('node:path');",
      ...(protobufStrings ? ["require('protobuf-strings');"] : []),
      '',
      WHY,
      ...modules.flatMap(({ from, names }) => names.map((name) => `exports.${name} = require('${from}.js').${name};`)),
      `exports.descriptorSet = readFileSync(join(__dirname, '${base}.binpb'));`,
    ),
    'index.d.ts': lines(
      first,
      ...modules.map(({ from, names, types = [] }) => {
        const all = [...types.map((name) => `type ${name}`), ...names];
        return `export { ${all.join(', ')} } from '${from}';`;
      }),
      '',
      '/** The descriptors of the .proto file and of what it imports, for the reflection service. */',
      'export const descriptorSet: Buffer;',
    ),
  };
}

const lines = (...all: string[]) => `${all.join('\n')}\n`;

/** Those types of google's that a contract names, by the module of google-protobuf that has them. */
function googleTypes(protoText: string): Exported[] {
  return [...protoText.matchAll(/^import "(google\/protobuf\/.*)\.proto";/gm)].flatMap(([, path = '']) => {
    const common = protobuf.Root.fromJSON(protobuf.common.get(`${path}.proto`) ?? {});
    const known = common.lookup('google.protobuf');
    const names = (known instanceof protobuf.Namespace ? known.nestedArray : [])
      .map(({ name }) => name)
      .filter((name) => new RegExp(`\\bgoogle\\.protobuf\\.${name}\\b`).test(protoText));
    return names.length > 0 ? [{ from: `google-protobuf/${path}_pb`, names }] : [];
  });
}

/** The messages and enums of a contract that are in no other message, and its services. */
function ownTypes(root: protobuf.NamespaceBase, base: string): Exported[] {
  const all = objectsIn(root);
  const names = all.filter((object) => !(object instanceof protobuf.Service)).map(({ name }) => name);
  const services = all.filter((object) => object instanceof protobuf.Service).map(({ name }) => name);
  return [
    ...(names.length > 0 ? [{ from: `./${base}_pb`, names }] : []),
    ...(services.length > 0
      ? [
          {
            from: `./${base}_grpc_pb`,
            names: services.flatMap((name) => [`${name}Service`, `${name}Client`]),
            types: services.map((name) => `I${name}Server`),
          },
        ]
      : []),
  ];
}

function objectsIn(namespace: protobuf.NamespaceBase): protobuf.ReflectionObject[] {
  return namespace.nestedArray.flatMap((object) =>
    object instanceof protobuf.Type || object instanceof protobuf.Enum || object instanceof protobuf.Service
      ? [object]
      : object instanceof protobuf.Namespace
        ? objectsIn(object)
        : [],
  );
}
