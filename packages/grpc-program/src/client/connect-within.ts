import { type ChannelInterface, connectivityState, InterceptingCall, type Interceptor, status } from '@grpc/grpc-js';
import { connectionError, type KnownServer } from './connection-errors.ts';

export interface Destination {
  readonly address: string;
  /** The server that may be started there. */
  readonly server?: KnownServer | undefined;
  /** The proxy that is asked for the connection. */
  readonly proxy?: string | undefined;
  /** The channel to it, which a client does not have before its interceptors. */
  channel(): ChannelInterface;
}

/**
 * A client interceptor that ends a call with UNAVAILABLE when it has no connection in time. Where something listens and
 * says nothing, as a frozen server does, a call of grpc-js would wait for ever (grpc-node #2785): keepalive begins
 * once there is a connection. A call that gets none, or loses it, for another reason has that reason in words.
 */
export function connectWithin(milliseconds: number, { address, server, proxy, channel }: Destination): Interceptor {
  const way = proxy ? `${address} through ${proxy}` : address;
  const details = `no connection to ${way} within ${milliseconds / 1_000} s`;
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
            const details =
              received.code === status.UNAVAILABLE
                ? connectionError(received.details, { address, server, proxy })
                : undefined;
            pass(details === undefined ? received : { ...received, details });
          },
        });
        if (!isWatching) watch();
      },
    });
    return call;
  };
}
