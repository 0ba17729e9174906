import { type Identity, makeAuthority, makeClientIdentity, makeServerIdentity } from '@grpc-by-example/certificates';
import { temporaryFiles } from './files.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const tomorrow = () => new Date(Date.now() + 86_400_000);

export type Pair = { readonly tlsCert: string; readonly tlsKey: string };

/** A new CA and what it signs, in files, as the options name them. */
export async function newAuthority() {
  const authority = await makeAuthority();
  const { file } = temporaryFiles();
  let pairs = 0;
  const written = ({ cert, key }: Identity): Pair => ({
    tlsCert: file(`${++pairs}.pem`, cert),
    tlsKey: file(`${pairs}.key`, key),
  });
  return {
    tlsCa: file('ca.pem', authority.cert),
    server: async ({ until = tomorrow(), names = LOOPBACK } = {}) =>
      written(await makeServerIdentity(authority, names, until)),
    client: async ({ until = tomorrow() } = {}) => written(await makeClientIdentity(authority, until)),
  };
}

/** Options as arguments: `tlsCert` as `--tls-cert`. */
export const asArguments = (options: Record<string, string>): string[] =>
  Object.entries(options).flatMap(([name, value]) => [
    `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    value,
  ]);
