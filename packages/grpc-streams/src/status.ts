import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

/** A peer's deadline timer often fires before one's own: by the time that the call was on its way, or by how they round. */
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
