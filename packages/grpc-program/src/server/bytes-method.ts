import type { MethodDefinition } from '@grpc/grpc-js';

const asIs = (bytes: Buffer) => bytes;

/** A method whose messages are read and written by its handler, from and to bytes. */
export function bytesMethod(
  path: string,
  { requestStream = false, responseStream = false },
): MethodDefinition<Buffer, Buffer> {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}
