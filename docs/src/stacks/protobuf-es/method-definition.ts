import { type DescMessage, type DescMethod, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';

type MethodOf<I extends DescMessage, O extends DescMessage> = DescMethod & { readonly input: I; readonly output: O };

/** A method as grpc-js wants it, which protoc-gen-es does not generate. */
export function methodDefinition<I extends DescMessage, O extends DescMessage>({
  parent,
  name,
  methodKind,
  input,
  output,
}: MethodOf<I, O>): MethodDefinition<MessageShape<I>, MessageShape<O>> {
  return {
    path: `/${parent.typeName}/${name}`,
    requestStream: methodKind === 'client_streaming' || methodKind === 'bidi_streaming',
    responseStream: methodKind === 'server_streaming' || methodKind === 'bidi_streaming',
    requestSerialize: (message) => Buffer.from(toBinary(input, message)),
    requestDeserialize: (bytes) => fromBinary(input, bytes),
    responseSerialize: (message) => Buffer.from(toBinary(output, message)),
    responseDeserialize: (bytes) => fromBinary(output, bytes),
  };
}
