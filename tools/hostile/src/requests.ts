// One request of each example, by which its server is made to work.
import { bytes, message, number } from './messages.ts';
import type { Example } from './victim.ts';

const GUID = '11111111-2222-3333-4444-555555555555';

export const CHAT = '/Chat/chat';
export const HEALTH_CHECK = '/grpc.health.v1.Health/Check';
export const HEALTH_WATCH = '/grpc.health.v1.Health/Watch';
export const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
export const JOBS = '/jobs.JobService/StreamJobs';
export const SUBSCRIBE = '/MsgBroker.Egress/GetDataPackagesStream';
export const SEND_PACKAGE = '/MsgBroker.Ingest/SendDataPackage';

/** What someone says in the chat. */
export function said(text: string | Buffer, name = 'Ann'): Buffer {
  return message(Buffer.concat([bytes(1, name), bytes(2, text)]));
}

export const subscription = message(Buffer.concat([bytes(2, 'a tag'), bytes(4, GUID)]));

export const dataPackage = message(Buffer.concat([bytes(1, GUID), bytes(2, 'a tag'), bytes(3, 'A'), bytes(4, GUID)]));

/** A stream of each example, and a request for it. */
export const STREAMS: Record<Example, { readonly path: string; readonly request: Buffer }> = {
  chat: { path: CHAT, request: said('x'.repeat(5_000)) },
  calc: { path: '/StreamingCalcService/sum', request: message(number(1, 1)) },
  call: { path: '/grpc.testing.Phone/StreamCall', request: message(bytes(1, '12345')) },
  datahub: { path: SUBSCRIBE, request: subscription },
  message: { path: '/messages.MessageService/StreamMessages', request: message(bytes(1, 'x')) },
  jobs: { path: JOBS, request: message(Buffer.of()) },
};
