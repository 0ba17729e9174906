import type { Server } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import type { OpenCalls } from 'grpc-streams';

/**
 * Adds the reflection service, by which tools such as grpcurl learn what the server offers.
 *
 * Source: https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 *
 * @param descriptorSet what `protoc --include_imports --descriptor_set_out` wrote
 */
export function addReflection(server: Server, openCalls: OpenCalls, descriptorSet: Buffer): void {
  new ReflectionService(loadFileDescriptorSetFromBuffer(descriptorSet)).addToServer({
    addService: (definition, implementation) => server.addService(definition, openCalls.track(implementation)),
  });
}
