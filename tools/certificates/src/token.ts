import { SignJWT } from 'jose';

export interface TokenOptions {
  /** Whom it is for. */
  readonly subject?: string;
  /** Without it, the token is good for ever. */
  readonly expiresAt?: Date;
}

/** Makes a token (JWT, HS256) for a server that has the secret. */
export function signToken(
  secret: Uint8Array,
  { subject = 'developer', expiresAt }: TokenOptions = {},
): Promise<string> {
  const token = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject(subject).setIssuedAt();
  if (expiresAt) token.setExpirationTime(expiresAt);
  return token.sign(secret);
}
