import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';

export interface TokenOptions {
  /** Whom it is for. */
  readonly subject?: string;
  /** The servers that may take it. Without it, those that do not ask. */
  readonly audience?: string | undefined;
  /** Who makes it. */
  readonly issuer?: string | undefined;
  /** Without it, the token has no expiry, and servers refuse it. */
  readonly expiresAt?: Date;
}

/** A private key with a name (JWK, ES256), which `kid` of a token repeats. */
export type SigningKey = JWK & { readonly kid: string; readonly alg: string };

/** Makes a token (JWT): signed with a secret that the server has too (HS256), or with a private key. */
export async function signToken(
  key: Uint8Array | SigningKey,
  { subject = 'developer', audience, issuer, expiresAt }: TokenOptions = {},
): Promise<string> {
  const token = new SignJWT().setSubject(subject).setIssuedAt();
  if (audience !== undefined) token.setAudience(audience);
  if (issuer !== undefined) token.setIssuer(issuer);
  if (expiresAt) token.setExpirationTime(expiresAt);
  if (key instanceof Uint8Array) return token.setProtectedHeader({ alg: 'HS256' }).sign(key);
  const { alg, kid } = key;
  return token.setProtectedHeader({ alg, kid }).sign(await importJWK(key, alg));
}

export async function makeSigningKey(): Promise<SigningKey> {
  const alg = 'ES256';
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const key = await exportJWK(privateKey);
  return { ...key, kid: await calculateJwkThumbprint(key), alg };
}

/** The part that servers may know. */
export function publicPart({ d, ...key }: SigningKey): JWK {
  return { ...key, use: 'sig' };
}
