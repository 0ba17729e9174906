import {
  type ChannelCredentials,
  type Client,
  type ClientOptions as GrpcClientOptions,
  InterceptingCall,
  type Interceptor,
  type InterceptorProvider,
} from '@grpc/grpc-js';
import { STREAMING } from 'grpc-streams';
import { traceClient } from '#stream-trace';
import { channelCredentials } from '../client-credentials.ts';
import { silenceGrpcJs } from '../grpc-js-log.ts';
import { keepalive } from '../keepalive.ts';
import { OperatorError } from '../operator-error.ts';
import { readToken } from '../secrets.ts';
import { printTrace } from '../trace.ts';
import { type ClientOptions, KEEPALIVE_SECONDS } from './client-command.ts';
import { connectWithin } from './connect-within.ts';
import { limitHeaders } from './limit-headers.ts';
import { proxyFor } from './proxy.ts';
import { sendToken } from './send-token.ts';
import { ipsOf, NAME_OF_ADDRESSES, staysOnThisMachine } from './server-name.ts';
import { type Spread, serviceConfig } from './service-config.ts';

export interface ConnectOptions extends ClientOptions, Pick<Spread, 'retry'> {
  /** How long a call waits for its connection, in milliseconds, before it ends with UNAVAILABLE. Default: 20,000. */
  readonly connectWithinMs?: number;
}

/**
 * Makes a generated client for the server that the options name; it connects with its first call.
 *
 * Interceptors of the caller come above those of this function, which every call keeps: grpc-js lets `interceptors` in
 * the options of a call take the place of the client's, and with them the token would be gone.
 *
 * @param clientOptions added to `STREAMING`, and to what spreads the calls, whose place a service config of theirs takes;
 *   `interceptors` and `interceptor_providers` may both be there
 * @throws OperatorError when a certificate, a key or the token cannot be used, or the token would go beyond this
 *   machine in plain text
 */
export function connect<GeneratedClient extends Client>(
  GeneratedClient: new (
    address: string,
    credentials: ChannelCredentials,
    options: GrpcClientOptions,
  ) => GeneratedClient,
  {
    address,
    server,
    token,
    insecure,
    trace,
    balance,
    retry,
    descriptorSet,
    keepaliveSeconds = KEEPALIVE_SECONDS,
    connectWithinMs = 20_000,
    ...tls
  }: ConnectOptions,
  {
    interceptors = [],
    interceptor_providers = [],
    callInvocationTransformer,
    ...clientOptions
  }: GrpcClientOptions = {},
): GeneratedClient {
  silenceGrpcJs();
  const ips = ipsOf(address);
  const transport = channelCredentials(tls, ips);
  if (token && !tls.tlsCa && !insecure && !staysOnThisMachine(address)) {
    throw new OperatorError(
      `refused to send a token to ${address} in plain text: give --tls-ca, or --insecure if that is meant`,
      2,
    );
  }
  const proxy = proxyFor(address);
  const own: readonly Interceptor[] = [
    ...(token ? [sendToken(readToken(token))] : []),
    ...(trace === undefined ? [] : [traceClient(printTrace, { descriptorSet, paceMs: trace === true ? 0 : trace })]),
    // Nearest the transport, where a call has all of its headers.
    limitHeaders(),
    connectWithin(connectWithinMs, { address, server, proxy, channel: () => client.getChannel() }),
  ];
  const client = new GeneratedClient(address, transport, {
    ...STREAMING,
    ...keepalive(keepaliveSeconds),
    ...(!proxy && { 'grpc.enable_http_proxy': 0 }),
    ...(ips.length > 0 && { 'grpc.ssl_target_name_override': NAME_OF_ADDRESSES }),
    ...serviceConfig({ balance, retry }),
    ...clientOptions,
    interceptors: [...interceptors, ...interceptor_providers.map(fromProvider), ...own],
    callInvocationTransformer(properties) {
      const call = callInvocationTransformer?.(properties) ?? properties;
      const { interceptors = [], interceptor_providers = [] } = call.callOptions;
      if (interceptors.length + interceptor_providers.length === 0) return call;
      const all = [...interceptors, ...interceptor_providers.map(fromProvider), ...own];
      return { ...call, callOptions: { ...call.callOptions, interceptors: all, interceptor_providers: [] } };
    },
  });
  return client;
}

/** The interceptor that a provider gives for the method of each call; it may give none. */
function fromProvider(provider: InterceptorProvider): Interceptor {
  return (options, nextCall) => {
    const interceptor: Interceptor | undefined = provider(options.method_definition);
    return interceptor?.(options, nextCall) ?? new InterceptingCall(nextCall(options));
  };
}
