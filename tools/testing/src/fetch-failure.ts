const NO_NETWORK = [
  /(dial|read) tcp|no such host|(i\/o|TLS handshake) timeout|proxyconnect|https?:\S+ (unexpected EOF|429 |5\d\d )/, // Go
  /Could not resolve host|spurious network error|failed to (fetch|download)|download of .* failed/, // Cargo, git
  /Temporary failure in name resolution|NewConnectionError|Max retries exceeded|No matching distribution found/, // pip
  /Could not transfer artifact|Unknown host/, // Maven
  /npm (error|ERR!) (code (E(AI_AGAIN|NOTFOUND|NOTCACHED|CONN[A-Z]+|TIMEDOUT|[A-Z]+UNREACH|SOCKET\w*|429|5\d\d)|FETCH_ERROR)|network )/,
  /Could not connect to|Network is unreachable|Connection (refused|timed out)/, // apt, and all of them
];

/**
 * The line by which a build says that it could not fetch what it needs; undefined for what else went wrong. On a closed
 * network, or from a registry that is too busy, that is no fault of what is built.
 *
 * @param printed what Go, Cargo, pip, Maven, npm or apt has printed
 */
export function fetchFailure(printed: string): string | undefined {
  return printed
    .split('\n')
    .find((line) => NO_NETWORK.some((pattern) => pattern.test(line)))
    ?.trim();
}
