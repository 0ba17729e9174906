import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';
import { PassThroughCall, type SentStatus, type ServerListener } from 'grpc-streams';

/**
 * Looks at a token.
 *
 * @returns when it expires, in milliseconds since 1970; undefined for never
 * @throws an error whose message tells the client what is wrong with the token
 */
export type VerifyToken = (token: string) => Promise<number | undefined>;

const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Load balancers ask without a token. */
const OPEN_TO_ALL = /^\/grpc\.health\.v1\.Health\//;

/**
 * A server interceptor that lets only calls with a valid `authorization: Bearer <token>` reach their handler; others
 * end with UNAUTHENTICATED. A call that is still open when its token expires ends the same way.
 */
export function requireToken(verify: VerifyToken): ServerInterceptor {
  return ({ path }, call) =>
    OPEN_TO_ALL.test(path) ? new ServerInterceptingCall(call) : new GuardedCall(call, verify);
}

/** Verifies JSON Web Tokens (RFC 7519) that were signed with the secret by HMAC-SHA256. */
export function jwtVerifier(secret: Uint8Array): VerifyToken {
  // Here, since it is many files, and most servers ask for no token.
  const loading = import('jose');
  return async (token) => {
    const { errors, jwtVerify } = await loading;
    try {
      const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'] });
      return payload.exp === undefined ? undefined : payload.exp * 1_000;
    } catch (error) {
      throw new Error(error instanceof errors.JWTExpired ? 'the token has expired' : 'the token is not valid');
    }
  };
}

class GuardedCall extends PassThroughCall {
  readonly #verify: VerifyToken;
  #expiry: NodeJS.Timeout | undefined;
  #over = false;

  constructor(next: ServerInterceptingCallInterface, verify: VerifyToken) {
    super(next);
    this.#verify = verify;
  }

  override start(listener: ServerListener): void {
    super.start({
      // Until the metadata is handed on, the handler does not run, and so does not ask for messages.
      onReceiveMetadata: (metadata) => void this.#letIn(metadata, listener),
      onReceiveMessage: (message) => listener.onReceiveMessage(message),
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      onCancel: () => {
        this.#end();
        listener.onCancel();
      },
    });
  }

  override sendMessage(message: unknown, callback: () => void): void {
    if (!this.#over) super.sendMessage(message, callback);
  }

  override sendStatus(result: SentStatus): void {
    if (this.#over) return;
    this.#end();
    super.sendStatus(result);
  }

  async #letIn(metadata: Metadata, listener: ServerListener): Promise<void> {
    const [, token] =
      metadata
        .get('authorization')[0]
        ?.toString()
        .match(/^Bearer (.+)$/i) ?? [];
    if (!token) return this.#refuse('this server requires a token: authorization: Bearer <token>');
    let expiresAt: number | undefined;
    try {
      expiresAt = await this.#verify(token);
    } catch (error) {
      return this.#refuse((error as Error).message);
    }
    if (this.#over) return; // the client left meanwhile
    if (expiresAt !== undefined) this.#endAt(expiresAt);
    listener.onReceiveMetadata(metadata);
  }

  #endAt(expiresAt: number): void {
    const left = expiresAt - Date.now();
    if (left <= 0) this.#refuse('the token has expired');
    else this.#expiry = setTimeout(() => this.#endAt(expiresAt), Math.min(left, LONGEST_TIMER_MS));
  }

  #refuse(details: string): void {
    this.sendStatus({ code: status.UNAUTHENTICATED, details, metadata: new Metadata() });
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#expiry);
  }
}
