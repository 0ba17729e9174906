import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { OpenCalls } from 'grpc-streams';

/** The health of a server, told to load balancers by the standard service `grpc.health.v1.Health`. */
export interface Health {
  /** Says NOT_SERVING for the server and each service, also to those who watch. */
  stop(): void;
}

/**
 * Adds the health service: SERVING for the server, named '', and for each of its services.
 *
 * Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function addHealth(server: Server, openCalls: OpenCalls, services: readonly string[]): Health {
  const names = ['', ...services];
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, 'SERVING'])));
  health.addToServer({
    // Those who watch hold a stream open, which a stop has to end as any other.
    addService: (definition, implementation) => server.addService(definition, openCalls.track(implementation)),
  });
  return {
    stop: () => {
      for (const name of names) health.setStatus(name, 'NOT_SERVING');
    },
  };
}
