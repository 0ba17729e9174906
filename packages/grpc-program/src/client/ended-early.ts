import { type ServiceError, status } from '@grpc/grpc-js';
import { statusError } from 'grpc-streams';

/**
 * What a client tells of a server that ends a call with OK before it has read, or answered, all that the client has to
 * say. What such a server did answer is of a part.
 */
export function endedEarly(): ServiceError {
  return statusError(status.INTERNAL, 'the server ended the call before it had everything');
}
