import { shellWord } from '../shell-word.ts';
import { tlsErrorOfClient } from '../tls-errors.ts';
import { UNIX } from '../value-parsers.ts';

/** The server that a client is for. */
export interface KnownServer {
  /** The command that starts it. */
  readonly start: string;
  /** Where it listens then. */
  readonly address: string;
}

/**
 * Why a call got no connection, or lost it, in words. grpc-js writes what the system and Node say:
 * `No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:9090. Resolution note: `.
 *
 * @param said the details of a status UNAVAILABLE
 * @param way the server's address, the one that may be started there, and the proxy on the way to it
 * @returns undefined for what else makes a call UNAVAILABLE
 */
export function connectionError(
  said: string,
  { address, server, proxy }: { address: string; server?: KnownServer | undefined; proxy?: string | undefined },
): string | undefined {
  if (/^round_robin: .*Picked subchannel \S+ is unhealthy/.test(said)) return `no server at ${address} is serving`;
  const details = said.replace(OF_SEVERAL, '');
  if (details.startsWith('Name resolution failed')) return `cannot find the host of ${address}`;
  if (details === 'Connection dropped') return `the connection to ${address} broke`;
  if (/^(read|write) E[A-Z]+$/.test(details)) return `the connection to ${address} broke: ${details}`;
  const [, lastError] =
    details.match(/^No connection established\. Last error: (?:Error: )?(.*?)(?:\. Resolution note: .*)?$/s) ?? [];
  if (proxy && details.startsWith('No connection established')) {
    // A proxy that refuses leaves no error.
    const why = lastError === undefined || lastError === 'undefined' ? '' : `: ${lastError.replace(TIME, '')}`;
    return `no connection to ${address} through ${proxy}${why}`;
  }
  if (lastError === undefined) return undefined;
  const [, code = ''] = lastError.match(/^connect (E[A-Z_]+)/) ?? [];
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT': // a Unix socket
      return `no server at ${address}${howToStart(address, server)}`;
    case 'EACCES':
    case 'EPERM':
      return `no permission to connect to ${address}`;
    case 'ETIMEDOUT':
      return `${address} does not answer (${code})`;
    case '':
      if (lastError === 'undefined') return `no connection to ${address}`; // through a proxy
      if (lastError.startsWith('Protocol error')) return `what listens at ${address} is not a gRPC server`;
      return tlsErrorOfClient(lastError) ?? `no connection to ${address}: ${lastError.replace(TIME, '')}`;
    default: // EHOSTUNREACH, ENETUNREACH and so on
      return `cannot reach ${address} (${code})`;
  }
}

/** What round_robin writes before the words of the last address that failed. */
const OF_SEVERAL = /^round_robin: (?:No connection established\. Last error: (?=No connection established))?/;

/** What grpc-js writes after the words of an error. */
const TIME = / \(\d{4}-\d\d-\d\dT[\d:.]+Z\)$/;

/** The server is started on this machine only. */
function howToStart(address: string, server: KnownServer | undefined): string {
  if (!server) return '';
  if (address === server.address) return `; start one: ${server.start}`;
  if (address.startsWith(UNIX)) return `; start one: ${server.start} --host ${shellWord(address)}`;
  const [, port] = address.match(/^(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)$/) ?? [];
  return port ? `; start one: ${server.start} --port ${port}` : '';
}
