import { join } from 'node:path';
import { Metadata, type ServiceDefinition, type StatusObject } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

const PACKAGE = 'connectrpc.conformance.v1';

/** Those of the suite, which its module holds; the names are as in the files. */
const root = new protobuf.Root();
const folder = process.env.SUITE_PROTOS ?? '';
root.resolvePath = (_, file) => (file.startsWith('connectrpc/') ? join(folder, file) : file);
root.loadSync(
  ['config', 'service', 'client_compat', 'server_compat'].map((name) => `connectrpc/conformance/v1/${name}.proto`),
  { keepCase: true },
);

export interface AnyMessage {
  readonly type_url: string;
  readonly value: Uint8Array;
}

export interface Header {
  readonly name: string;
  readonly value: readonly string[];
}

export interface ErrorMessage {
  readonly code: number;
  readonly message?: string;
  readonly details: readonly AnyMessage[];
}

export const typeOf = (name: string) => root.lookupType(`${PACKAGE}.${name}`);

export function pack(name: string, message: object): AnyMessage {
  return { type_url: `type.googleapis.com/${PACKAGE}.${name}`, value: typeOf(name).encode(message).finish() };
}

export function unpack({ type_url, value }: AnyMessage): object {
  return root.lookupType(type_url.slice(type_url.lastIndexOf('/') + 1)).decode(value);
}

function defined(): ServiceDefinition {
  const methods = Object.entries(root.lookupService(`${PACKAGE}.ConformanceService`).methods);
  const definitions = methods.map(([name, { requestType, responseType, requestStream, responseStream }]) => {
    const [request, response] = [typeOf(requestType), typeOf(responseType)];
    const definition = {
      path: `/${PACKAGE}.ConformanceService/${name}`,
      requestStream: requestStream ?? false,
      responseStream: responseStream ?? false,
      requestSerialize: (message: object) => Buffer.from(request.encode(message).finish()),
      requestDeserialize: (bytes: Buffer): object => request.decode(bytes),
      responseSerialize: (message: object) => Buffer.from(response.encode(message).finish()),
      responseDeserialize: (bytes: Buffer): object => response.decode(bytes),
    };
    return [name, definition] as const;
  });
  return Object.fromEntries(definitions);
}

export const conformanceService = defined();

/** The suite writes the values of binary headers in base64. */
export function toHeaders(metadata: Metadata): Header[] {
  return Object.keys(metadata.getMap()).map((name) => ({
    name,
    value: metadata.get(name).map((value) => (typeof value === 'string' ? value : unpaddedBase64(value))),
  }));
}

export const unpaddedBase64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

export function addTo(metadata: Metadata, headers: readonly Header[] = []): Metadata {
  for (const { name, value } of headers) {
    for (const text of value)
      metadata.add(name, name.toLowerCase().endsWith('-bin') ? Buffer.from(text, 'base64') : text);
  }
  return metadata;
}

export const toMetadata = (headers: readonly Header[] = []) => addTo(new Metadata(), headers);

export const DETAILS = 'grpc-status-details-bin';
/** google.rpc.Status, which has the shape of the suite's own message. */
const rpcStatus = typeOf('Error');

/** Error details travel in a trailer, which grpc-js leaves to its users. */
export function detailsTrailer(error: ErrorMessage): Metadata {
  const metadata = new Metadata();
  metadata.set(DETAILS, Buffer.from(rpcStatus.encode(error).finish()));
  return metadata;
}

export function errorOf({
  code,
  details,
  metadata,
}: Pick<StatusObject, 'code' | 'details' | 'metadata'>): ErrorMessage {
  const [bytes] = metadata.get(DETAILS);
  return { code, message: details, details: bytes ? errorDetails(bytes as Buffer) : [] };
}

/** The details in what the trailer holds. */
export function errorDetails(bytes: Buffer): readonly AnyMessage[] {
  return (rpcStatus.decode(bytes) as unknown as ErrorMessage).details;
}

/** Messages on standard input: four bytes of length, then the message. */
export async function* readDelimited<Message>(input: AsyncIterable<Buffer>, name: string): AsyncGenerator<Message> {
  let rest = Buffer.alloc(0);
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
      const end = 4 + rest.readUInt32BE(0);
      yield typeOf(name).decode(rest.subarray(4, end)) as unknown as Message;
      rest = rest.subarray(end);
    }
  }
}

export function writeDelimited(name: string, message: object): void {
  const bytes = typeOf(name).encode(message).finish();
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  process.stdout.write(Buffer.concat([length, bytes]));
}
