import { type ServiceError, status } from '@grpc/grpc-js';
import { statusError } from 'grpc-streams';

/** What is told of a server that ends a call with OK before it has answered every message. */
export function endedEarly(): ServiceError {
  return statusError(status.INTERNAL, 'the server ended the call before it had everything');
}
