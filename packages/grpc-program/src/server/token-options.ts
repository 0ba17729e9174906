import type { ServerInterceptor } from '@grpc/grpc-js';
import { isLoopback } from '../loopback.ts';
import { OperatorError } from '../operator-error.ts';
import { readKeySet, readSecret } from '../secrets.ts';
import { type Authorize, requireToken } from './bearer-token.ts';
import { type JwtKeys, jwtVerifier } from './jwt.ts';

export interface TokenOptions {
  /** The file of a secret. */
  readonly jwtSecret?: string | undefined;
  /** The file of a JSON Web Key Set, or its URL. */
  readonly jwtKeys?: string | undefined;
  readonly jwtAudience?: string | undefined;
  readonly jwtIssuer?: string | undefined;
  /** Lets keys be fetched from another machine in plain text. */
  readonly insecure?: boolean | undefined;
}

/**
 * The interceptor that checks tokens, where the options ask for it.
 *
 * @param onError hears that a token could not be checked, and why
 * @throws OperatorError when the secret or the keys cannot be had, or what is asked for needs them
 */
export async function tokenInterceptors(
  options: TokenOptions,
  authorize: Authorize | undefined,
  onError: (error: unknown) => void,
): Promise<ServerInterceptor[]> {
  const keys = keysOf(options);
  if (keys === undefined) {
    if (options.jwtAudience !== undefined || options.jwtIssuer !== undefined)
      throw new OperatorError('--jwt-audience and --jwt-issuer need --jwt-secret or --jwt-keys', 2);
    if (authorize)
      throw new OperatorError('this server tells its callers by their tokens: give --jwt-secret or --jwt-keys', 2);
    return [];
  }
  const verify = await jwtVerifier(keys, { audience: options.jwtAudience, issuer: options.jwtIssuer }).catch(
    (error: Error) => {
      throw new OperatorError(error.message);
    },
  );
  return [requireToken(verify, { authorize, onError })];
}

function keysOf({ jwtSecret, jwtKeys, insecure }: TokenOptions): JwtKeys | undefined {
  if (jwtSecret !== undefined) return readSecret(jwtSecret);
  if (jwtKeys === undefined) return undefined;
  if (!/^https?:/.test(jwtKeys)) return readKeySet(jwtKeys);
  const url = new URL(jwtKeys);
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[(.+)\]$/, '$1')) && !insecure) {
    throw new OperatorError(
      `refused to get keys from ${url.host} in plain text: give an https: address, or --insecure if that is meant`,
      2,
    );
  }
  return url;
}
