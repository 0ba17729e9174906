import {
  type ChannelCredentials,
  type ChannelOptions,
  type Client,
  InterceptingCall,
  type Interceptor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { KEEPALIVE, STREAMING } from 'grpc-streams';
import { traceClient } from 'stream-trace';
import { address, exitCodeOf, newCommand, option } from '../command-line.ts';
import { onInterrupt } from '../interrupts.ts';
import { wholeNumber } from '../options.ts';
import { type ClientTlsOptions, channelCredentials, readToken } from '../tls.ts';
import { tlsErrorOfClient } from '../tls-errors.ts';
import { printTrace } from '../trace.ts';
import { ipOf, NAME_OF_ADDRESSES } from './server-name.ts';

export interface ClientOptions extends ClientTlsOptions {
  readonly address: string;
  readonly token?: string | undefined;
  readonly trace?: number | true | undefined;
}

/** A command with the options that every client has. */
export function clientCommand(name: string, defaults: { address: string; description: string }) {
  return newCommand(name, defaults.description)
    .addOption(
      option('--address <host:port>', 'the address of the server, or unix:/path')
        .argParser(address)
        .default(defaults.address),
    )
    .addOption(option('--tls-ca <file>', 'turns on TLS; the CA that signed the certificate of the server (PEM)'))
    .addOption(option('--tls-cert <file>', 'a client certificate, for a server that asks for one (PEM)'))
    .addOption(option('--tls-key <file>', 'the private key of the client certificate (PEM)'))
    .addOption(option('--token <file>', 'a token, for a server that asks for one'))
    .option(
      '--trace [ms]',
      'tells every event of every call; waits so long before each message that it sends',
      wholeNumber(0, 60_000),
    );
}

/**
 * Makes a generated client for the server that the options name; it connects with its first call.
 *
 * @param channelOptions beside `STREAMING` and `KEEPALIVE`
 */
export function connect<GeneratedClient extends Client>(
  GeneratedClient: new (address: string, credentials: ChannelCredentials, options: ChannelOptions) => GeneratedClient,
  options: ClientOptions,
  channelOptions: ChannelOptions = {},
): GeneratedClient {
  const ip = ipOf(options.address);
  return new GeneratedClient(options.address, channelCredentials(options, ip), {
    ...STREAMING,
    ...KEEPALIVE,
    ...(ip && { 'grpc.ssl_target_name_override': NAME_OF_ADDRESSES }),
    ...channelOptions,
    interceptors: [
      ...(options.token ? [withToken(readToken(options.token))] : []),
      ...(options.trace === undefined
        ? []
        : [traceClient(printTrace, Number(options.trace === true ? 0 : options.trace))]),
    ],
  });
}

function withToken(token: string): Interceptor {
  return (options, next) =>
    new InterceptingCall(next(options), {
      start(metadata, listener, start) {
        metadata.set('authorization', `Bearer ${token}`);
        start(metadata, listener);
      },
    });
}

/**
 * Runs a client as a program. Sets the exit code: 0 for success, 1 for a call that failed, told in one line on
 * stderr, 2 for wrong usage.
 *
 * @param build gives the command with its action; gets a signal that fires on Ctrl-C or SIGTERM, upon which the
 *   action ends its call in order
 * @param orderlyEndMs how long an interrupted client waits for the server to end its calls
 */
export async function runClient(
  build: (interrupted: AbortSignal) => { parseAsync(): Promise<unknown> },
  { orderlyEndMs = 5_000 } = {},
): Promise<void> {
  const interruption = new AbortController();
  let impatience: NodeJS.Timeout | undefined;
  onInterrupt(
    () => {
      interruption.abort();
      impatience = setTimeout(() => {
        console.error(`Error: the server did not end the call within ${orderlyEndMs / 1_000} s`);
        process.exit(1);
      }, orderlyEndMs).unref();
    },
    () => process.exit(130),
  );
  // Who reads the output may leave before its end, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    await build(interruption.signal).parseAsync();
  } catch (error) {
    process.exitCode = isServiceError(error) ? reportStatus(error) : exitCodeOf(error);
  } finally {
    clearTimeout(impatience);
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.code === 'number';
}

function reportStatus({ code, details }: ServiceError): number {
  const inOneLine = details.replaceAll(/\s+/g, ' ').trim();
  console.error(`Error: ${status[code]}: ${tlsErrorOfClient(inOneLine) ?? inOneLine}`);
  return 1;
}
