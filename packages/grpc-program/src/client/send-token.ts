import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { OperatorError } from '../operator-error.ts';

/**
 * A client interceptor that sends a token with every call.
 *
 * @throws OperatorError when a header cannot carry it; grpc-js would print the token, in its error
 */
export function sendToken(token: string): Interceptor {
  if (!/^[!-~]+$/.test(token)) throw new OperatorError('the file of --token holds characters that no token has');
  return (options, next) =>
    new InterceptingCall(next(options), {
      start(metadata, listener, start) {
        metadata.set('authorization', `Bearer ${token}`);
        start(metadata, listener);
      },
    });
}
