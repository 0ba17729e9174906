import type { Metadata } from '@grpc/grpc-js';
import type { ServerCall } from 'grpc-streams';

/** Who calls, as a token says that is good. */
export interface Caller {
  /** The one whom the token is for: `sub` of a JSON Web Token. */
  readonly subject?: string | undefined;
  /** All that the token says; empty for tokens of another kind. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** In milliseconds since 1970; undefined for never. */
  readonly expiresAt?: number | undefined;
}

/** Where the caller stands in the context of a call that grpc-js has for what is known of a peer. */
export const CALLER = Symbol('caller');

export type AuthContext = ReturnType<ServerCall['getAuthContext']> & { [CALLER]?: Caller | undefined };

/**
 * Who makes a call, by the metadata that its interceptors hand on, for those that are further from the handler than
 * `requireToken`.
 */
export const callers = new WeakMap<Metadata, Caller>();

/**
 * Who makes this call: what `requireToken` has found in its token.
 *
 * @param call the `call` of a handler's context, or what a plain handler of grpc-js gets
 * @returns undefined on a server that requires no token, and for the health service, which is open to all
 */
export function callerOf(call: Pick<ServerCall, 'getAuthContext'>): Caller | undefined {
  return (call.getAuthContext() as AuthContext)[CALLER];
}
