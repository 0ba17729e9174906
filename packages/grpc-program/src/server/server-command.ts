import { newCommand, option } from '../command-line.ts';
import { fileOrUrl, host, oneOf, text, wholeNumber } from '../value-parsers.ts';
import { LOG_LEVELS } from './log.ts';
import { SERVER_DEFAULTS } from './server-limits.ts';

/** A command with the options that every server has. */
export function serverCommand(name: string, defaults: { port: number; description: string }) {
  return newCommand(name, defaults.description)
    .addOption(
      option('--host <host>', 'the address to listen on, or unix:/path for a Unix socket')
        .argParser(host)
        .default(SERVER_DEFAULTS.host),
    )
    .addOption(
      option('--port <port>', 'the port to listen on; 0 for any free port')
        .argParser(wholeNumber(0, 65_535))
        .default(defaults.port),
    )
    .addOption(
      option('--grace <seconds>', 'how long to wait for open calls when the server stops')
        .argParser(wholeNumber(0, 3_600))
        .default(SERVER_DEFAULTS.graceSeconds),
    )
    .optionsGroup('Who may call:')
    .addOption(option('--tls-cert <file>', 'use TLS with this certificate (PEM)').argParser(text))
    .addOption(option('--tls-key <file>', 'the private key of the certificate (PEM)').argParser(text))
    .addOption(
      option('--tls-client-ca <file>', 'accept only clients with a certificate that this CA signed (PEM)').argParser(
        text,
      ),
    )
    .addOption(
      option('--jwt-secret <file>', 'accept only calls with a token signed with this secret (JWT, HS256)')
        .argParser(text)
        .conflicts('jwtKeys'),
    )
    .addOption(
      option(
        '--jwt-keys <file|url>',
        'accept only calls with a token signed with one of these keys (JWKS); from a URL they are fetched anew',
      ).argParser(fileOrUrl),
    )
    .addOption(
      option('--jwt-audience <name>', 'accept only tokens for this audience; by default those for none').argParser(
        text,
      ),
    )
    .addOption(option('--jwt-issuer <name>', 'accept only tokens of this issuer').argParser(text))
    .addOption(option('--insecure', 'listen beyond this machine although there is no TLS'))
    .optionsGroup('Limits:')
    .addOption(
      option('--max-message-mib <n>', 'the largest message, sent or received, in MiB')
        .argParser(wholeNumber(1, 1_024))
        .default(SERVER_DEFAULTS.maxMessageMib),
    )
    .addOption(
      option('--max-streams <n>', 'open calls on one connection; further ones wait')
        .argParser(wholeNumber(1, 1_000_000))
        .default(SERVER_DEFAULTS.maxStreams),
    )
    .addOption(
      option('--max-calls <n>', 'open calls in total; further ones are refused')
        .argParser(wholeNumber(1, 1_000_000))
        .default(SERVER_DEFAULTS.maxCalls),
    )
    .addOption(
      option('--max-connections <n>', 'connections on each address; further ones are refused')
        .argParser(wholeNumber(1, 1_000_000))
        .default(SERVER_DEFAULTS.maxConnections),
    )
    .addOption(
      option('--max-idle-seconds <n>', 'close connections that have had no call for this long; 0 for never')
        .argParser(wholeNumber(0, 86_400))
        .default(SERVER_DEFAULTS.maxIdleSeconds),
    )
    .addOption(
      option(
        '--max-connection-age-seconds <n>',
        'close connections after this long so that clients reconnect; 0 for never',
      )
        .argParser(wholeNumber(0, 86_400))
        .default(SERVER_DEFAULTS.maxConnectionAgeSeconds),
    )
    .addOption(
      option('--keepalive-seconds <n>', 'how often to check that a client is still there')
        .argParser(wholeNumber(1, 86_400))
        .default(SERVER_DEFAULTS.keepaliveSeconds),
    )
    .optionsGroup('Diagnostics:')
    .addOption(
      option('--log-level <level>', `${LOG_LEVELS.join(', ')}; info logs every call`)
        .argParser(oneOf(LOG_LEVELS))
        .default('info' as const),
    )
    .option('--trace', 'print every event of every call')
    .addOption(
      option('--metrics-port <port>', 'serve metrics for Prometheus by HTTP').argParser(wholeNumber(0, 65_535)),
    )
    .addOption(
      option('--metrics-host <host>', 'the address to serve them on; anybody who reaches it may read them').default(
        '127.0.0.1',
      ),
    )
    .addOption(
      option(
        '--reflection',
        'let tools list and call the services (default: on while only this machine reaches the server)',
      ),
    )
    .addOption(option('--no-reflection', 'turn reflection off'))
    .optionsGroup('Options:');
}

/** What the command line of a server gives. */
export type ServerOptions = ReturnType<ReturnType<typeof serverCommand>['opts']>;
