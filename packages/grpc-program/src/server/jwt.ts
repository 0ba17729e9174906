import { status } from '@grpc/grpc-js';
import { statusError } from 'grpc-streams';
import type { errors, FetchImplementation, JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { keySetOf } from '../key-set.ts';
import type { VerifyToken } from './bearer-token.ts';

/**
 * What the signature of a token is checked with: a secret that the issuer has too (HS256), or public keys of it: a JSON
 * Web Key Set (RFC 7517), or where there is one, by https.
 */
export type JwtKeys = Uint8Array | JSONWebKeySet | URL;

/** What a JSON Web Token must say, beside that it is signed and has not expired. */
export interface JwtVerifierOptions {
  /**
   * Who this server is for the issuer: one that `aud` must name. Without it, a token that names an audience is refused,
   * since it is meant for somebody else (RFC 7519, 4.1.3).
   */
  readonly audience?: string | undefined;
  /** Who must have issued the token: `iss`. Without it, anybody who has the key. */
  readonly issuer?: string | undefined;
}

const HMAC = ['HS256'];
/** All that jose has for public keys, so that a public key is never taken for a secret. */
const PUBLIC_KEY = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/** Many times what an issuer has. */
const LARGEST_KEY_SET = 2 ** 20;

/**
 * Verifies JSON Web Tokens (RFC 7519): their signature, that they have an expiry which has not come, and whom they are
 * for.
 *
 * The keys at a URL are fetched at once, then at the first token after ten minutes, or at one that names another key, at
 * most every 30 s of those: so an issuer may change its keys. A token that comes while they cannot be had is not refused:
 * the client sees UNAVAILABLE.
 *
 * @throws an Error when the keys cannot be had
 */
export async function jwtVerifier(keys: JwtKeys, { audience, issuer }: JwtVerifierOptions = {}): Promise<VerifyToken> {
  // Here, since it is many files, and most servers ask for no token.
  const jose = await import('jose');
  const key = await keyFinder(jose, keys);
  const wanted = {
    algorithms: keys instanceof Uint8Array ? HMAC : PUBLIC_KEY,
    requiredClaims: ['exp'],
    ...(audience !== undefined && { audience }),
    ...(issuer !== undefined && { issuer }),
  };
  return async (token) => {
    const { payload } = await jose.jwtVerify(token, key, wanted).catch((error: unknown) => {
      const words = inWords(error, jose.errors);
      throw words === undefined ? error : refused(words);
    });
    const { sub, aud, exp = 0 } = payload;
    if (audience === undefined && aud !== undefined) throw refused(FOR_ANOTHER);
    if (sub !== undefined && typeof sub !== 'string') throw refused('the token is not valid');
    return { subject: sub, claims: payload, expiresAt: exp * 1_000 };
  };
}

const FOR_ANOTHER = 'the token is for another audience';

const refused = (details: string) => statusError(status.UNAUTHENTICATED, details);

/** Undefined for what is no fault of the token. */
function inWords(error: unknown, known: typeof errors): string | undefined {
  if (!(error instanceof known.JOSEError)) return undefined;
  if (error instanceof known.JWKSInvalid || error.code === known.JOSEError.code) return undefined;
  if (error instanceof known.JWTExpired) return 'the token has expired';
  if (error instanceof known.JWKSNoMatchingKey) return 'the token was signed with a key that this server does not know';
  if (error instanceof known.JWKSMultipleMatchingKeys) return 'the token does not say which key signed it';
  if (error instanceof known.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return FOR_ANOTHER;
    if (error.claim === 'iss') return 'the token is of another issuer';
    if (error.claim === 'exp' && error.reason === 'missing') return 'the token has no expiry';
    if (error.claim === 'nbf' && error.reason === 'check_failed') return 'the token is not valid yet';
  }
  return 'the token is not valid';
}

async function keyFinder(jose: typeof import('jose'), keys: JwtKeys): Promise<JWTVerifyGetKey> {
  if (keys instanceof Uint8Array) return async () => keys;
  if (!(keys instanceof URL)) return jose.createLocalJWKSet(keys);
  const keySet = jose.createRemoteJWKSet(keys, { [jose.customFetch]: fetchKeySet });
  await keySet.reload();
  return keySet;
}

/** As jose fetches it, but no more than {@link LARGEST_KEY_SET}, and what went wrong in one line. */
const fetchKeySet: FetchImplementation = async (url, options) => {
  try {
    const response = await fetch(url, options);
    if (response.status !== 200) throw new Error(`HTTP status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    // Left early, the rest is not read.
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > LARGEST_KEY_SET) throw new Error(`more than ${LARGEST_KEY_SET} bytes`);
      chunks.push(chunk);
    }
    return Response.json(keySetOf(Buffer.concat(chunks).toString()));
  } catch (error) {
    // What fetch throws says no more than that it failed.
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    // That of a time that has run out has a number for a code.
    const why = typeof code === 'string' ? code : message;
    throw new Error(`cannot get the keys at ${url.replace(/\?.*/, '')}: ${why}`, { cause: error });
  }
};
