import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/**
 * A client constructor (with the service definition on it) made of the text of a contract alone, by an independent
 * protobuf implementation: what a stranger has who talks to our programs. Fields at their default are undefined.
 *
 * @param service the full name, such as `grpc.testing.Phone`
 */
export function peerOf(protoText: string, service: string): ServiceClientConstructor {
  const folder = mkdtempSync(join(tmpdir(), 'peer-'));
  try {
    const file = join(folder, 'contract.proto');
    writeFileSync(file, protoText);
    const loaded = loadPackageDefinition(
      loadSync(file, { keepCase: true, longs: String, enums: String, oneofs: true }),
    );
    const found = service.split('.').reduce<unknown>((namespace, name) => (namespace as GrpcObject)[name], loaded);
    return found as ServiceClientConstructor;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
