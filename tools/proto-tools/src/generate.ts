import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { exportsOf } from './exports.ts';

const require = createRequire(import.meta.url);
const protocGenTs = join(dirname(require.resolve('grpc_tools_node_protoc_ts/package.json')), 'bin', 'protoc-gen-ts');
const grpcPlugin = join(import.meta.dirname, '..', 'bin', 'grpc-plugin.js');

/** The `bin` folder of grpc-tools: for its binaries, and with the contracts of google. */
export const grpcTools = dirname(require.resolve('grpc-tools/bin/protoc.js'));

/**
 * The paths of the binaries that grpc-tools lacks; its install script, which no install here runs, downloads them. None
 * where the variable PROTOC names a protoc to use in their place.
 */
export function missingBinaries(): string[] {
  if (process.env.PROTOC) return [];
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return ['protoc', 'grpc_node_plugin']
    .map((name) => join(grpcTools, name + suffix))
    .filter((path) => !existsSync(path));
}

/**
 * Generates JavaScript and types: messages in `*_pb`, services in `*_grpc_pb`, `index` with what the package exports; and,
 * for the reflection service, the descriptors of it and of what it imports, in `*.binpb`.
 *
 * @param folder where the .proto file is; without a package.json there, no `index` is made
 * @param outputFolder relative to that folder, or absolute
 * @returns protoc's exit code
 */
export function generate(folder: string, protoFile: string, outputFolder: string): number {
  mkdirSync(resolve(folder, outputFolder), { recursive: true });
  const { PROTOC } = process.env;
  const [protoc = '', ...first] = PROTOC
    ? [PROTOC, `--plugin=protoc-gen-grpc=${grpcPlugin}`]
    : [process.execPath, join(grpcTools, 'protoc.js')];
  // Without grpc_js, the plugins emit imports of the retired package `grpc`.
  const { status } = spawnSync(
    protoc,
    [
      ...first,
      `--plugin=protoc-gen-ts=${protocGenTs}`,
      '--proto_path=.',
      `--proto_path=${grpcTools}`,
      `--js_out=import_style=commonjs,binary:${outputFolder}`,
      `--grpc_out=grpc_js:${outputFolder}`,
      `--ts_out=grpc_js:${outputFolder}`,
      '--include_imports',
      `--descriptor_set_out=${join(outputFolder, protoFile.replace(/\.proto$/, '.binpb'))}`,
      protoFile,
    ],
    { cwd: folder, stdio: 'inherit' },
  );
  if (status === 0) writeExports(folder, protoFile, resolve(folder, outputFolder));
  return status ?? 1;
}

function writeExports(folder: string, protoFile: string, output: string): void {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return;
  const { dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as { dependencies?: object };
  const files = exportsOf(readFileSync(join(folder, protoFile), 'utf8'), protoFile, {
    protobufStrings: 'protobuf-strings' in dependencies,
  });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(output, name), text);
}
