import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';
import { isStatus, PassThroughCall, type SentStatus, type ServerListener, statusError } from 'grpc-streams';
import { type AuthContext, CALLER, type Caller, callers } from './caller.ts';

/**
 * Looks at a token.
 *
 * @returns who brings it
 * @throws a status, `{ code, details }`, which tells the client what is wrong with it: UNAUTHENTICATED; any other error
 *   means that one cannot say, which is reported, and the client sees UNAVAILABLE without its text
 */
export type VerifyToken = (token: string) => Promise<Caller>;

/**
 * Says whether a caller whose token is good may call a method. What is not true ends the call with PERMISSION_DENIED.
 *
 * @param path the method: `/Chat/chat`
 * @throws a status, `{ code, details }`, in place of that one; any other error as for {@link VerifyToken}
 */
export type Authorize = (caller: Caller, path: string) => boolean | Promise<boolean>;

/** What {@link requireToken} does beside the look at the token. */
export interface RequireTokenOptions {
  /** Default: whoever has a good token may call every method. */
  readonly authorize?: Authorize | undefined;
  /** Hears of what was thrown that is no status. Default: `console.error`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Load balancers ask without a token. */
const OPEN_TO_ALL = /^\/grpc\.health\.v1\.Health\//;

/**
 * A server interceptor that lets only calls with a valid `authorization: Bearer <token>` reach their handler, which
 * learns by {@link callerOf} who calls; others end with UNAUTHENTICATED. A call that is still open when its token
 * expires ends the same way.
 */
export function requireToken(verify: VerifyToken, options: RequireTokenOptions = {}): ServerInterceptor {
  return ({ path }, call) =>
    OPEN_TO_ALL.test(path) ? new ServerInterceptingCall(call) : new GuardedCall(call, path, verify, options);
}

class GuardedCall extends PassThroughCall {
  readonly #path: string;
  readonly #verify: VerifyToken;
  readonly #options: RequireTokenOptions;
  #caller: Caller | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #over = false;

  constructor(next: ServerInterceptingCallInterface, path: string, verify: VerifyToken, options: RequireTokenOptions) {
    super(next);
    this.#path = path;
    this.#verify = verify;
    this.#options = options;
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

  override getAuthContext(): AuthContext {
    return { ...super.getAuthContext(), [CALLER]: this.#caller };
  }

  async #letIn(metadata: Metadata, listener: ServerListener): Promise<void> {
    try {
      this.#caller = await this.#identify(metadata);
    } catch (error) {
      return this.#refuse(isStatus(error) ? error : this.#report(error));
    }
    if (this.#over) return; // the client left meanwhile
    if (this.#caller.expiresAt !== undefined) this.#endAt(this.#caller.expiresAt);
    if (!this.#over) listener.onReceiveMetadata(metadata);
  }

  async #identify(metadata: Metadata): Promise<Caller> {
    const [header = ''] = metadata.get('authorization');
    const [, token] = header.toString().match(/^Bearer (.+)$/i) ?? [];
    if (!token) throw unauthenticated('this server requires a token: authorization: Bearer <token>');
    const caller = await this.#verify(token);
    callers.set(metadata, caller);
    const { authorize } = this.#options;
    if (authorize && (await authorize(caller, this.#path)) !== true)
      throw statusError(status.PERMISSION_DENIED, `the token does not allow to call ${this.#path}`);
    return caller;
  }

  #report(error: unknown): { code: status; details: string } {
    const { onError = console.error } = this.#options;
    onError(error);
    return statusError(status.UNAVAILABLE, 'this server cannot say at the moment who may call');
  }

  #endAt(expiresAt: number): void {
    const left = expiresAt - Date.now();
    if (left <= 0) this.#refuse(unauthenticated('the token has expired'));
    else this.#expiry = setTimeout(() => this.#endAt(expiresAt), Math.min(left, LONGEST_TIMER_MS));
  }

  #refuse({ code, details }: { code: status; details: string }): void {
    this.sendStatus({ code, details, metadata: new Metadata() });
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#expiry);
  }
}

const unauthenticated = (details: string) => statusError(status.UNAUTHENTICATED, details);
