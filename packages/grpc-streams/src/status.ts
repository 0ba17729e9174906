import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

/** Within so much of the deadline, a cancel counts as its passing. A peer's deadline timer often fires before one's own: by the time that the call was on its way, or by how they round. */
export const DEADLINE_TOLERANCE_MS = 50;

/**
 * An error that stands for a gRPC status: thrown in a handler, it ends the call with that status. It has the shape
 * in which a grpc-js client reports a failed call, so both sides speak of one type.
 *
 * @param details words for a person at the other end
 * @param metadata sent with the status
 */
export function statusError(code: status, details: string, metadata: Metadata = new Metadata()): ServiceError {
  return Object.assign(new Error(`${code} ${status[code]}: ${details}`), { code, details, metadata });
}

/**
 * The status of a call that its client has cancelled, or left: CANCELLED, or DEADLINE_EXCEEDED when that was within 50 ms
 * of the deadline, since a client that waits no longer cancels too, and its timer is often the first. The details tell
 * which it was.
 *
 * @param deadline of the call, as grpc-js gives it
 */
export function statusOfCancel(deadline: Date | number): ServiceError {
  return Number(deadline) - Date.now() < DEADLINE_TOLERANCE_MS
    ? statusError(status.DEADLINE_EXCEEDED, 'Call cancelled at its deadline')
    : statusError(status.CANCELLED, 'Call cancelled');
}

/** True for what a handler may throw to end its call with a status: `{ code, details, metadata? }`, code not OK. */
export function isStatus(error: unknown): error is { code: status; details: string; metadata?: Metadata | null } {
  if (typeof error !== 'object' || error === null || !('code' in error && 'details' in error)) return false;
  return (
    Number.isInteger(error.code) &&
    error.code !== status.OK &&
    String(error.code) in status &&
    typeof error.details === 'string' &&
    (!('metadata' in error) || isMetadata(error.metadata))
  );
}

/** Metadata of another copy of grpc-js is good too; and null, which grpc-js allows in a status. */
function isMetadata(value: unknown): boolean {
  return value === undefined || value === null || typeof (value as Metadata).toHttp2Headers === 'function';
}
