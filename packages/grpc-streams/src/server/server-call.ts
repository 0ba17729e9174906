import type { EventEmitter } from 'node:events';
import type { ServerUnaryCall } from '@grpc/grpc-js';

/** What grpc-js's four kinds of server call have in common. */
export type ServerCall = EventEmitter &
  Pick<
    ServerUnaryCall<unknown, unknown>,
    'getAuthContext' | 'getDeadline' | 'getHost' | 'getPath' | 'getPeer' | 'metadata' | 'sendMetadata'
  >;
