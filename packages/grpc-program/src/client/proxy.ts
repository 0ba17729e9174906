import { BlockList, isIP, isIPv6 } from 'node:net';
import { isLoopback } from '../loopback.ts';
import { UNIX } from '../value-parsers.ts';
import { hostsOf } from './server-name.ts';

/** The variables that grpc-js looks at, the first that is set. */
const PROXY_VARIABLES = ['grpc_proxy', 'https_proxy', 'http_proxy'];
const EXCEPTION_VARIABLES = ['no_grpc_proxy', 'no_proxy', 'NO_PROXY'];

/**
 * The proxy that a call to this address goes through, in words for a message; undefined for none. There is none for
 * loopback addresses, Unix sockets and several addresses in one, whatever the environment says, and none for what
 * `no_proxy` or `NO_PROXY` names. grpc-js by itself would ask a proxy for `localhost`, and does not know `NO_PROXY` in
 * capitals.
 */
export function proxyFor(address: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (address.startsWith(UNIX)) return undefined;
  const [host = '', ...others] = hostsOf(address).hosts;
  if (others.length > 0) return undefined; // a proxy is asked for one address
  if (isLoopback(host) || /\.localhost\.?$/i.test(host)) return undefined;
  const variable = PROXY_VARIABLES.find((name) => environment[name]);
  const text = environment[variable ?? ''] ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') return undefined; // grpc-js knows no others
  const exceptions = EXCEPTION_VARIABLES.map((name) => environment[name]).find((list) => list) ?? '';
  if (exceptions.split(',').some((exception) => isExcepted(host, exception.trim()))) return undefined;
  return `the proxy of ${variable}, ${url.host}`; // without its password
}

/** As curl reads the list: `*`, a name with all below it, an address, or a range of addresses. */
function isExcepted(host: string, exception: string): boolean {
  if (exception === '*') return true;
  const [network = '', bits] = exception.split('/');
  if (isIP(network) && bits && isIP(host) === isIP(network)) {
    const range = new BlockList();
    range.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4');
    return range.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
  }
  const name = exception.toLowerCase().replace(/^\*?\./, '');
  return name !== '' && (host.toLowerCase() === name || host.toLowerCase().endsWith(`.${name}`));
}
