import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Server, status } from '@grpc/grpc-js';
import protobuf, { type BinaryReader } from 'google-protobuf';
import { bidiStreaming, type OpenCalls } from 'grpc-streams';
import { bytesMethod } from './bytes-method.ts';
import { Descriptors, readFields } from './descriptors.ts';
import { HEALTH } from './health.ts';

const VERSIONS = ['v1', 'v1alpha'];
const REFLECTION = VERSIONS.map((version) => `grpc.reflection.${version}.ServerReflection`);
/** The descriptors of the services that every server has. */
const STANDARD = ['health', ...VERSIONS.map((version) => `reflection_${version}`)];

/**
 * Adds the reflection service, by which tools such as grpcurl learn what the server offers.
 *
 * Source: https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 *
 * @param descriptorSet what `protoc --include_imports --descriptor_set_out` wrote
 * @param services the full names of the services of the server
 */
export function addReflection(
  server: Server,
  openCalls: OpenCalls,
  descriptorSet: Buffer,
  services: readonly string[],
): void {
  const listed = [...services, HEALTH, ...REFLECTION];
  let descriptors: Descriptors | undefined;
  const ServerReflectionInfo = bidiStreaming<Buffer, Buffer>(async function* (requests) {
    descriptors ??= new Descriptors([descriptorSet, ...STANDARD.map(readDescriptors)]);
    for await (const request of requests) yield answerTo(request, descriptors, listed);
  });
  for (const name of REFLECTION) {
    const path = `/${name}/ServerReflectionInfo`;
    const definition = { ServerReflectionInfo: bytesMethod(path, { requestStream: true, responseStream: true }) };
    server.addService(definition, openCalls.track({ ServerReflectionInfo }));
  }
}

const readDescriptors = (name: string) => readFileSync(join(import.meta.dirname, `../../gen/${name}.binpb`));

/** The response to a request, both in wire format; the numbers are those of reflection.proto. */
function answerTo(request: Buffer, descriptors: Descriptors, services: readonly string[]): Buffer {
  const response = new protobuf.BinaryWriter();
  response.writeBytes(2, request);
  const refuse = (code: status, message: string) =>
    response.writeMessage(7, services, () => {
      response.writeInt32(1, code);
      response.writeString(2, message);
    });
  const answerWith = (files: Uint8Array[] | undefined) => {
    if (!files) return refuse(status.NOT_FOUND, 'this server knows no such name');
    response.writeMessage(4, services, () => response.writeRepeatedBytes(1, files));
  };
  let isAnswered = false;
  const answer = (write: (reader: BinaryReader) => void) => (reader: BinaryReader) => {
    isAnswered = true;
    write(reader);
  };
  readFields(request, {
    3: answer((reader) => answerWith(descriptors.byName(reader.readString()))),
    4: answer((reader) => answerWith(descriptors.bySymbol(reader.readString()))),
    5: answer((reader) => {
      let type = '';
      let number = 0;
      readFields(reader.readBytes(), {
        1: (field) => (type = field.readString()),
        2: (field) => (number = field.readInt32()),
      });
      answerWith(descriptors.byExtension(type, number));
    }),
    6: answer((reader) => {
      const type = reader.readString();
      const numbers = descriptors.extensionsOf(type);
      if (!numbers) return refuse(status.NOT_FOUND, 'this server knows no such message');
      response.writeMessage(5, services, () => {
        response.writeString(1, type);
        response.writePackedInt32(2, numbers);
      });
    }),
    7: answer((reader) => {
      reader.skipField();
      response.writeMessage(6, services, () => {
        for (const name of services) response.writeMessage(1, services, () => response.writeString(1, name));
      });
    }),
  });
  if (!isAnswered) refuse(status.INVALID_ARGUMENT, 'the request asks for nothing that this server knows');
  return Buffer.from(response.getResultBuffer());
}
