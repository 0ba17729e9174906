import { type Server, status } from '@grpc/grpc-js';
import protobuf from 'google-protobuf';
import { MessageQueue, type OpenCalls, serverStreaming, statusError, unary } from 'grpc-streams';
import { bytesMethod } from './bytes-method.ts';
import { readFields } from './descriptors.ts';

export const HEALTH = 'grpc.health.v1.Health';

/** The health of a server, told to load balancers by the standard service. */
export interface Health {
  /** Says NOT_SERVING for the server and each service, also to those who watch. */
  stop(): void;
}

const SERVING = 1;
const NOT_SERVING = 2;
const SERVICE_UNKNOWN = 3;

/**
 * Adds the health service: SERVING for the server, named '', and for each of its services. A name that is not served
 * costs nothing that stays.
 *
 * A check is answered even where no more calls are taken, since a server that does not answer may be restarted.
 *
 * Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 *
 * @param services their full names
 */
export function addHealth(server: Server, openCalls: OpenCalls, services: readonly string[]): Health {
  const names = new Set(['', HEALTH, ...services]);
  const watchers = new Set<MessageQueue<Buffer>>();
  let now = SERVING;

  const Check = unary<Buffer, Buffer>((request) => {
    if (!names.has(serviceIn(request))) throw statusError(status.NOT_FOUND, 'this server has no such service');
    return response(now);
  });
  const Watch = serverStreaming<Buffer, Buffer>(async function* (request, { signal }) {
    const states = new MessageQueue<Buffer>(2, { signal });
    const isKnown = names.has(serviceIn(request));
    states.offer(response(isKnown ? now : SERVICE_UNKNOWN));
    if (isKnown) watchers.add(states);
    try {
      yield* states;
    } finally {
      watchers.delete(states);
    }
  });

  const definition = {
    Check: bytesMethod(`/${HEALTH}/Check`, {}),
    Watch: bytesMethod(`/${HEALTH}/Watch`, { responseStream: true }),
  };
  server.addService(definition, { Check, Watch: openCalls.track({ Watch }).Watch });
  return {
    stop() {
      now = NOT_SERVING;
      for (const states of watchers) states.offer(response(now));
    },
  };
}

/** The name in a HealthCheckRequest. */
function serviceIn(request: Buffer): string {
  let name = '';
  try {
    readFields(request, { 1: (reader) => (name = reader.readString()) });
  } catch {
    throw statusError(status.INVALID_ARGUMENT, 'the request cannot be read');
  }
  return name;
}

/** A HealthCheckResponse. */
function response(serving: number): Buffer {
  const writer = new protobuf.BinaryWriter();
  writer.writeEnum(1, serving);
  return Buffer.from(writer.getResultBuffer());
}
