import type { Metadata, ServiceError } from '@grpc/grpc-js';
import { statusError } from 'grpc-streams';
import { type AnyMessage, detailsTrailer, type ErrorMessage, type Header, pack, toHeaders } from './messages.ts';

/** What a request asks for. */
export interface UnaryDefinition {
  readonly response_headers: readonly Header[];
  readonly response_trailers: readonly Header[];
  readonly response_delay_ms: number;
  readonly response?: 'response_data' | 'error';
  readonly response_data: Uint8Array;
  readonly error: ErrorMessage;
}

export interface StreamDefinition {
  readonly response_headers: readonly Header[];
  readonly response_trailers: readonly Header[];
  readonly response_delay_ms: number;
  readonly response_data: readonly Uint8Array[];
  readonly error?: ErrorMessage;
}

export interface Request<Definition> {
  readonly response_definition?: Definition;
  readonly full_duplex?: boolean;
}

/** What the server has seen of a call, which goes into a response. */
export function requestInfo(
  call: { readonly metadata: Metadata; getDeadline(): number | Date },
  requests: readonly AnyMessage[],
) {
  const timeLeft = Math.round(Number(call.getDeadline()) - Date.now());
  return {
    request_headers: toHeaders(call.metadata),
    requests,
    ...(Number.isFinite(timeLeft) && { timeout_ms: Math.max(0, timeLeft) }),
  };
}

/** The status that a request asks for, with what the server has seen among its details, if no response told it. */
export function asStatus(error: ErrorMessage, info?: Partial<ReturnType<typeof requestInfo>>): ServiceError {
  const details = [...error.details, ...(info ? [pack('ConformancePayload.RequestInfo', info)] : [])];
  return statusError(error.code, error.message ?? '', detailsTrailer({ ...error, details }));
}
