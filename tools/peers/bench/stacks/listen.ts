import { Server, ServerCredentials, type ServerInterceptor, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { benchService } from './bench-service.ts';

/** Starts a grpc-js server with the handlers given, on a free port. */
export async function listenWithGrpcJs(handlers: object, interceptors: ServerInterceptor[] = []): Promise<number> {
  const server = new Server({ interceptors });
  server.addService(benchService, handlers as UntypedServiceImplementation);
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}
