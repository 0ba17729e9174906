import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const folderOf = (name: string) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

/** The code that is generated for the chat: what runs and what TypeScript reads. */
const GENERATED = {
  'google-protobuf': ['chat_pb.js', 'chat_grpc_pb.js', 'chat_pb.d.ts', 'chat_grpc_pb.d.ts'].map((file) =>
    join(folderOf('chat-proto'), 'gen', file),
  ),
  'protobuf-es': [join(import.meta.dirname, 'protobuf-es/gen/chat_pb.ts')],
  'ts-proto': ['chat.ts', 'google/protobuf/wrappers.ts'].map((file) => join(import.meta.dirname, 'ts-proto/gen', file)),
};

/** What each stack adds to a program, besides grpc-js and grpc-streams: a line for each. */
export async function sizes(): Promise<string[]> {
  const lines = ['stack            lines generated  minified KiB  gzipped KiB'];
  for (const [stack, files] of Object.entries(GENERATED)) {
    const lineCount = files.reduce((sum, file) => sum + readFileSync(file, 'utf8').trimEnd().split('\n').length, 0);
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, stack, 'chat.ts')],
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'node',
      external: ['@grpc/grpc-js', 'grpc-streams'],
    });
    const code = outputFiles[0]?.contents ?? new Uint8Array();
    const kibibytes = (bytes: Uint8Array) => (bytes.length / 1024).toFixed(0);
    lines.push(
      `${stack.padEnd(15)} ${`${lineCount}`.padStart(16)} ${kibibytes(code).padStart(13)} ${kibibytes(gzipSync(code)).padStart(12)}`,
    );
  }
  return lines;
}
