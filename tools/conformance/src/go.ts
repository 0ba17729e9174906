import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchFailure } from '@grpc-by-example/testing';

const run = promisify(execFile);

const CONNECT = 'connectrpc.com/conformance';
const CONNECT_VERSION = 'v1.0.7';
const GRPC_VERSION = 'v1.85.0';
const GRPCURL_VERSION = 'v1.9.4';

/** The programs of the suites, and what they need. */
export interface Suites {
  readonly connectConformance: string;
  /** The .proto files of the suite, in the folder of its Go module. */
  readonly protos: string;
  /** What protoc would make of them, for connect-node: a file with a FileDescriptorSet. */
  readonly descriptors?: string;
  readonly interopClient: string;
  readonly interopServer: string;
}

/** Installs the suites from the Go module proxy, pinned; says why not where that cannot be, and gives undefined. */
export async function install(bin: string, needs: { descriptors: boolean }): Promise<Suites | undefined> {
  if (!(await isThere('go', 'version'))) {
    console.log('skipped: the conformance lane: Go is not here (https://go.dev/doc/install)');
    return undefined;
  }
  try {
    return await fetchAndBuild(bin, needs);
  } catch (error) {
    const closed = fetchFailure(String((error as { stderr?: unknown }).stderr));
    if (closed === undefined) throw error;
    console.log(`skipped: the conformance lane: its suites cannot be fetched: ${closed}`);
    return undefined;
  }
}

async function fetchAndBuild(bin: string, needs: { descriptors: boolean }): Promise<Suites> {
  mkdirSync(bin, { recursive: true });
  const env = { ...process.env, GOBIN: bin };
  await run('go', ['install', `${CONNECT}/cmd/connectconformance@${CONNECT_VERSION}`], { env });
  for (const program of ['client', 'server']) {
    await run('go', ['install', `google.golang.org/grpc/interop/${program}@${GRPC_VERSION}`], { env });
  }
  const { stdout } = await run('go', ['mod', 'download', '-json', `${CONNECT}@${CONNECT_VERSION}`]);
  const protos = join((JSON.parse(stdout) as { Dir: string }).Dir, 'proto');
  return {
    connectConformance: join(bin, 'connectconformance'),
    protos,
    ...(needs.descriptors && { descriptors: await writeDescriptors(bin, protos) }),
    interopClient: join(bin, 'client'),
    interopServer: join(bin, 'server'),
  };
}

/** By grpcurl, which reads .proto files itself. */
async function writeDescriptors(bin: string, protos: string): Promise<string> {
  const env = { ...process.env, GOBIN: bin };
  await run('go', ['install', `github.com/fullstorydev/grpcurl/cmd/grpcurl@${GRPCURL_VERSION}`], { env });
  const descriptors = join(bin, 'suite.binpb');
  const files = ['-import-path', protos, '-proto', 'connectrpc/conformance/v1/service.proto'];
  await run(join(bin, 'grpcurl'), [...files, '-protoset-out', descriptors, 'list']);
  return descriptors;
}

async function isThere(command: string, ...args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}
