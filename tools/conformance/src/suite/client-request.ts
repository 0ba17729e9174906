import type { AnyMessage, ErrorMessage, Header } from './messages.ts';

/** A call that the suite asks for. */
export interface ClientRequest {
  readonly test_name: string;
  readonly compression: number;
  readonly host: string;
  readonly port: number;
  readonly server_tls_cert: Uint8Array;
  readonly client_tls_creds?: { readonly cert: Uint8Array; readonly key: Uint8Array };
  readonly message_receive_limit: number;
  readonly method: string;
  readonly stream_type: number;
  readonly request_headers: readonly Header[];
  readonly request_messages: readonly AnyMessage[];
  readonly timeout_ms?: number;
  readonly request_delay_ms: number;
  readonly cancel?: {
    readonly cancel_timing?: 'before_close_send' | 'after_close_send_ms' | 'after_num_responses';
    readonly after_close_send_ms: number;
    readonly after_num_responses: number;
  };
}

/** What came of it. */
export interface CallResult {
  readonly response_headers: readonly Header[];
  readonly payloads: readonly unknown[];
  readonly error?: ErrorMessage;
  readonly response_trailers: readonly Header[];
  readonly num_unsent_requests: number;
}

/** What a response of the suite's service holds. */
export interface Payload {
  readonly payload?: unknown;
}

export const GZIP = 2;
export const FULL_DUPLEX = 5;

/** The deadline of a call; the suite means 0 as a deadline too. */
export function deadlineOf(request: ClientRequest): { deadline?: number } {
  return Object.hasOwn(request, 'timeout_ms') ? { deadline: Date.now() + (request.timeout_ms ?? 0) } : {};
}

/** When a call is to be cancelled, if it is: milliseconds after the half-close, or a number of responses. */
export function cancelTiming({ cancel }: ClientRequest) {
  const timing = cancel?.cancel_timing;
  return {
    beforeHalfClose: timing === 'before_close_send',
    msAfterHalfClose:
      timing === 'after_close_send_ms' ? cancel?.after_close_send_ms : cancel && !timing ? 0 : undefined,
    afterResponses: timing === 'after_num_responses' ? cancel?.after_num_responses : undefined,
  };
}
