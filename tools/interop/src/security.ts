import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeAuthority, makeClientIdentity, makeServerIdentity, signToken } from '@grpc-by-example/certificates';
import { temporaryFolder } from '@grpc-by-example/testing';

const DAY_MS = 86_400_000;

/** Files for TLS, mutual TLS and tokens. */
export interface Security {
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
  readonly secret: string;
  /** The file of the token, and the token. */
  readonly tokenFile: string;
  readonly token: string;
}

let made: Promise<Security> | undefined;

/** Made once, and dropped when the lane is over. */
export function security(): Promise<Security> {
  made ??= make();
  return made;
}

async function make(): Promise<Security> {
  const folder = temporaryFolder();
  const save = (name: string, content: string | Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const tomorrow = new Date(Date.now() + DAY_MS);
  const authority = await makeAuthority();
  const server = await makeServerIdentity(authority, ['localhost', '127.0.0.1', '::1'], tomorrow);
  const client = await makeClientIdentity(authority, tomorrow);
  const secret = Buffer.alloc(32, 7);
  const token = await signToken(secret, { subject: 'Ann', expiresAt: tomorrow });
  return {
    ca: save('ca.pem', authority.cert),
    serverCert: save('server.pem', server.cert),
    serverKey: save('server.key', server.key),
    clientCert: save('client.pem', client.cert),
    clientKey: save('client.key', client.key),
    secret: save('jwt.secret', secret),
    tokenFile: save('token', token),
    token,
  };
}

/** The options of our servers, by the name of what they do. */
export async function serverOptions(how: 'TLS' | 'mutual TLS' | 'token'): Promise<string[]> {
  const { ca, serverCert, serverKey, secret } = await security();
  const tls = ['--tls-cert', serverCert, '--tls-key', serverKey];
  if (how === 'TLS') return tls;
  return how === 'mutual TLS' ? [...tls, '--tls-client-ca', ca] : [...tls, '--jwt-secret', secret];
}

/** The options of our clients, by the name of what they do. */
export async function clientOptions(how: 'TLS' | 'mutual TLS' | 'token'): Promise<string[]> {
  const { ca, clientCert, clientKey, tokenFile } = await security();
  const tls = ['--tls-ca', ca];
  if (how === 'TLS') return tls;
  return how === 'mutual TLS'
    ? [...tls, '--tls-cert', clientCert, '--tls-key', clientKey]
    : [...tls, '--token', tokenFile];
}
