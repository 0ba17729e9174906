import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The variable in which node-pre-gyp, by which grpc-tools downloads, looks for another host. */
export const MIRROR = 'npm_config_grpc_tools_binary_host_mirror';

/**
 * Runs the install script of grpc-tools, which downloads protoc and grpc_node_plugin into its `bin` folder.
 *
 * @param bin that folder
 * @returns undefined, or why it failed, in one line, and what one can do, in some more
 */
export async function download(bin: string, env: NodeJS.ProcessEnv = process.env): Promise<string[] | undefined> {
  const folder = dirname(bin);
  const require = createRequire(join(folder, 'package.json'));
  const preGyp = require.resolve('@mapbox/node-pre-gyp/bin/node-pre-gyp');
  const failure = await promisify(execFile)(process.execPath, [preGyp, 'install'], { cwd: folder, env }).then(
    () => undefined,
    (error: { stderr?: string; message: string }) => error.stderr || error.message,
  );
  if (failure === undefined) return undefined;
  const { version, binary } = require('./package.json') as { version: string; binary: { host: string } };
  const host = env[MIRROR] ?? binary.host;
  const file = `grpc-tools/v${version}/${process.platform}-${process.arch}.tar.gz`;
  return [
    `Error: cannot download ${new URL(file, host.replace(/\/*$/, '/'))}: ${reasonIn(failure)}`,
    `- a mirror that has ${file}: ${MIRROR}=https://… pnpm protoc`,
    '- a proxy: http_proxy=http://… pnpm protoc',
    `- by hand: put protoc and grpc_node_plugin, which are in that file, into ${bin}`,
    '- no download from there: protoc 3.19.1 of Maven Central, com.google.protobuf:protoc, and PROTOC=<file> pnpm generate',
  ];
}

/** Of what node-pre-gyp prints, why it failed. */
function reasonIn(stderr: string): string {
  const [, told = stderr.trim().split('\n').at(-1) ?? ''] = /^\[error\] install (.+)$/m.exec(stderr) ?? [];
  return told.replace(/^request to \S+ failed, reason: | on https?:\S+$/g, '');
}
