import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';

/** A client interceptor that sends a token with every call. */
export function sendToken(token: string): Interceptor {
  return (options, next) =>
    new InterceptingCall(next(options), {
      start(metadata, listener, start) {
        metadata.set('authorization', `Bearer ${token}`);
        start(metadata, listener);
      },
    });
}
