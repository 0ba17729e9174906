import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const grpcTools = dirname(require.resolve('grpc-tools/bin/protoc.js'));
const protocGenTs = join(dirname(require.resolve('grpc_tools_node_protoc_ts/package.json')), 'bin', 'protoc-gen-ts');

/** The paths of the binaries that grpc-tools lacks; its install script, which no install here runs, downloads them. */
export function missingBinaries(): string[] {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return ['protoc', 'grpc_node_plugin']
    .map((name) => join(grpcTools, name + suffix))
    .filter((path) => !existsSync(path));
}

/**
 * Generates JavaScript and types: messages in `*_pb`, services in `*_grpc_pb`; and, for the reflection service, the
 * descriptors of it and of what it imports, in `*.binpb`.
 *
 * @param folder where the .proto file is
 * @param outputFolder relative to that folder, or absolute
 * @returns protoc's exit code
 */
export function generate(folder: string, protoFile: string, outputFolder: string): number {
  mkdirSync(join(folder, outputFolder), { recursive: true });
  // Without grpc_js, both plugins emit imports of the retired package `grpc`.
  const { status } = spawnSync(
    process.execPath,
    [
      join(grpcTools, 'protoc.js'),
      `--plugin=protoc-gen-ts=${protocGenTs}`,
      `--js_out=import_style=commonjs,binary:${outputFolder}`,
      `--grpc_out=grpc_js:${outputFolder}`,
      `--ts_out=grpc_js:${outputFolder}`,
      '--include_imports',
      `--descriptor_set_out=${join(outputFolder, protoFile.replace(/\.proto$/, '.binpb'))}`,
      protoFile,
    ],
    { cwd: folder, stdio: 'inherit' },
  );
  return status ?? 1;
}
