import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { generate } from 'selfsigned';

/** A certificate and its private key, in PEM form. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
const AUTHORITY_MS = 3_650 * DAY_MS;

/** Makes a CA for development: a certificate that signs others. */
export function makeAuthority(): Promise<Identity> {
  // A name of its own: OpenSSL looks for the CA of a certificate by name, and would call another of the same name broken.
  return certify(`Development CA ${randomBytes(4).toString('hex')}`, new Date(Date.now() + AUTHORITY_MS), [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ]);
}

/**
 * Makes a certificate for a server.
 *
 * @param names the host names and IP addresses under which clients reach it
 * @param until how long it is valid; a time that is past makes one that has expired
 */
export function makeServerIdentity(authority: Identity, names: readonly string[], until: Date): Promise<Identity> {
  const altNames = names.map((name) =>
    isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
  );
  return certify(
    'Development server',
    until,
    [
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
    authority,
  );
}

/** Makes a certificate for a client, by which a server with `--tls-client-ca` knows it. */
export function makeClientIdentity(authority: Identity, until: Date): Promise<Identity> {
  return certify(
    'Development client',
    until,
    [
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
    authority,
  );
}

/** What is wrong with a CA that was read from files; undefined when it can sign. */
export function flawOfAuthority({ cert, key }: Identity): string | undefined {
  try {
    const certificate = new X509Certificate(cert);
    if (!certificate.checkPrivateKey(createPrivateKey(key))) return 'the key is not that of the certificate';
    if (!certificate.ca) return 'the certificate is not that of a CA';
    if (Date.parse(certificate.validTo) < Date.now()) return `the certificate expired on ${certificate.validTo}`;
    return undefined;
  } catch {
    return 'the files are no certificate and its key';
  }
}

type Options = NonNullable<Parameters<typeof generate>[1]>;

async function certify(
  commonName: string,
  until: Date,
  extensions: NonNullable<Options['extensions']>,
  ca?: Identity,
): Promise<Identity> {
  const pair = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // A day early, for clocks that are late.
    notBeforeDate: new Date(Math.min(Date.now(), until.getTime()) - DAY_MS),
    notAfterDate: until,
    extensions,
    ...(ca && { ca: { cert: ca.cert, key: ca.key } }),
  });
  return { cert: pair.cert, key: pair.private };
}
