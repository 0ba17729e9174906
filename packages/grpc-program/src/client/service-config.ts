import type { ChannelOptions } from '@grpc/grpc-js';
import { SERVING_ROUND_ROBIN } from './balance.ts';

export interface Spread {
  /** Spreads the calls over all addresses of the server that say that they serve, as a program's `--balance` does. */
  readonly balance?: boolean | undefined;
  /**
   * The methods of which a call may be made twice, as paths: `/StreamingCalcService/sum`, or `/StreamingCalcService/` for
   * all of a service. A call that ends with UNAVAILABLE before anything of its answer has come is made again, up to four
   * times in all, within about a second.
   */
  readonly retry?: readonly string[] | undefined;
}

const RETRY_POLICY = {
  maxAttempts: 4,
  initialBackoff: '0.1s',
  maxBackoff: '1s',
  backoffMultiplier: 2,
  retryableStatusCodes: ['UNAVAILABLE'],
};

/** So many calls in a row may fail before no more are made again: what is down for all is not to get more calls. */
const RETRY_THROTTLING = { maxTokens: 100, tokenRatio: 0.1 };

/**
 * How often grpc-js looks a name up at most; its own 30 s are longer than a rolling restart may take, in which all
 * addresses change.
 */
const LOOK_UP_MS = 5_000;

/**
 * The channel options that spread calls, and make them again.
 *
 * Source: https://github.com/grpc/grpc/blob/master/doc/service_config.md
 */
export function serviceConfig({ balance = false, retry = [] }: Spread): ChannelOptions {
  if (!balance && retry.length === 0) return {};
  const config = {
    ...(balance && { loadBalancingConfig: [{ [SERVING_ROUND_ROBIN]: {} }] }),
    ...(retry.length > 0 && {
      methodConfig: [{ name: retry.map(nameOf), retryPolicy: RETRY_POLICY }],
      retryThrottling: RETRY_THROTTLING,
    }),
  };
  return {
    'grpc.service_config': JSON.stringify(config),
    // That of a TXT record of the name would take its place.
    'grpc.service_config_disable_resolution': 1,
    ...(balance && { 'grpc.dns_min_time_between_resolutions_ms': LOOK_UP_MS }),
  };
}

function nameOf(path: string): { service: string; method?: string } {
  const [, service, method] = path.match(/^\/([^/]+)\/([^/]*)$/) ?? [];
  if (!service) throw new Error(`no path of a method, such as /Chat/chat: ${path}`);
  return { service, ...(method && { method }) };
}
