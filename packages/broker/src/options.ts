import type { Command, OptionValues } from '@commander-js/extra-typings';
import {
  InvalidArgumentError,
  OperatorError,
  option,
  readCa,
  readOptionFile,
  readPair,
  text,
} from 'grpc-program/options';

/** What the command line says of the broker. */
export interface BrokerOptions {
  readonly broker?: string | undefined;
  readonly brokerCa?: string | undefined;
  readonly brokerCert?: string | undefined;
  readonly brokerKey?: string | undefined;
  readonly brokerCredentials?: string | undefined;
}

/** Adds the options of a server whose replicas share a broker. */
export function withBroker<Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) {
  return command
    .optionsGroup('Replicas:')
    .addOption(
      option(
        '--broker <url>',
        'share a NATS server with JetStream, nats://host:4222, with the other replicas',
      ).argParser(brokerUrl),
    )
    .addOption(
      option('--broker-ca <file>', 'use TLS to the broker; the CA that signed its certificate (PEM)').argParser(text),
    )
    .addOption(
      option('--broker-cert <file>', 'a client certificate, for a broker that requires one (PEM)').argParser(text),
    )
    .addOption(option('--broker-key <file>', 'the private key of the client certificate (PEM)').argParser(text))
    .addOption(
      option('--broker-credentials <file>', 'the credentials for the broker, as nsc writes them').argParser(text),
    )
    .optionsGroup('Options:');
}

/** How to reach a broker, from the files that the options name. */
export interface Target {
  /** Each `host:port`. */
  readonly servers: readonly string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly credentials?: Uint8Array;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** @throws OperatorError when a file cannot be used */
export function targetOf(url: string, { brokerCa, brokerCert, brokerKey, brokerCredentials }: BrokerOptions): Target {
  const urls = url.split(',').map((one) => new URL(one));
  const [{ username, password, protocol } = { username: '', password: '', protocol: '' }] = urls;
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  if (!brokerCert !== !brokerKey)
    throw new OperatorError('a client certificate needs both --broker-cert and --broker-key');
  const pair = brokerCert && brokerKey ? readPair(brokerCert, brokerKey, '--broker') : undefined;
  return {
    servers: urls.map(({ host }) => host),
    ...(pass ? { user, pass } : user ? { token: user } : {}),
    ...(brokerCredentials && { credentials: readCredentials(brokerCredentials) }),
    ...((brokerCa || pair || protocol === 'tls:') && {
      tls: {
        ...(brokerCa && { ca: readCa('--broker-ca', brokerCa).toString() }),
        ...(pair && { cert: pair.cert.toString(), key: pair.key.toString() }),
      },
    }),
  };
}

function readCredentials(path: string): Uint8Array {
  const credentials = readOptionFile('--broker-credentials', path);
  if (!/-BEGIN NATS USER JWT-[\s\S]*-BEGIN USER NKEY SEED-/.test(credentials.toString()))
    throw new OperatorError(`the file of --broker-credentials does not contain credentials of NATS: ${path}`);
  return credentials;
}

function brokerUrl(value: string): string {
  for (const url of value.split(',')) {
    if (!/^(nats|tls):\/\/[^/]+\/?$/.test(url) || !URL.canParse(url)) {
      throw new InvalidArgumentError('It must be the URL of a NATS server, such as nats://localhost:4222.');
    }
  }
  return value;
}
