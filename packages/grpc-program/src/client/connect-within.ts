import { type ChannelInterface, connectivityState, InterceptingCall, type Interceptor, status } from '@grpc/grpc-js';

/**
 * A client interceptor that ends a call with UNAVAILABLE when it has no connection in time. Where something listens and
 * says nothing, as a frozen server does, a call of grpc-js would wait for ever (grpc-node #2785): keepalive begins
 * once there is a connection.
 *
 * @param address the server's, for the message
 * @param channel gives the channel of the client, which has none before its interceptors
 */
export function connectWithin(milliseconds: number, address: string, channel: () => ChannelInterface): Interceptor {
  const details = `no connection to ${address} within ${milliseconds / 1_000} s`;
  /** The timers of the calls that have no connection. */
  const timers = new Set<NodeJS.Timeout>();
  let isWatching = false;

  function stop(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    timers.delete(timer);
  }

  function watch(): void {
    const state = channel().getConnectivityState(false);
    if (state === connectivityState.READY) timers.forEach(stop);
    isWatching = timers.size > 0 && state !== connectivityState.SHUTDOWN;
    if (isWatching) channel().watchConnectivityState(state, Number.POSITIVE_INFINITY, watch);
  }

  return (options, next) => {
    const call = new InterceptingCall(next(options), {
      start(metadata, _listener, start) {
        const timer = setTimeout(() => {
          timers.delete(timer);
          call.cancelWithStatus(status.UNAVAILABLE, details);
        }, milliseconds).unref(); // the call itself keeps the process
        timers.add(timer);
        start(metadata, {
          onReceiveStatus(received, pass) {
            stop(timer);
            pass(received);
          },
        });
        if (!isWatching) watch();
      },
    });
    return call;
  };
}
