import type { ClientUnaryCall } from '@grpc/grpc-js';
import type { CourseClient, CourseHandlers } from '../course.ts';
import { listen, type Wish } from './handlers.ts';

export type Kind = keyof CourseHandlers;

/** A call that is under way. */
export interface LifeCall {
  readonly call: ClientUnaryCall;
  /** Says and hears all that can be said and heard before the call ends. */
  readonly underWay: Promise<unknown>;
  /** The client has no more to say. */
  finish(): void;
}

/** Makes a call of the kind in plain grpc-js; `heard` gets the names of the events as they come. */
export function startLife(client: CourseClient, kind: Kind, wish: Wish, heard: string[], deadline: number): LifeCall {
  const options = { deadline };
  const callback = () => void heard.push('callback');
  const isOver = (call: ClientUnaryCall) => new Promise((resolve) => call.once('status', resolve));
  switch (kind) {
    case 'unary': {
      const call = client.unary(wish, options, callback);
      listen(call, ['metadata', 'status'], heard);
      return { call, underWay: Promise.resolve(), finish() {} };
    }
    case 'clientStreaming': {
      const call = client.clientStreaming(options, callback);
      listen(call, ['metadata', 'status'], heard);
      call.write(wish);
      return { call, underWay: Promise.resolve(), finish: () => call.end() };
    }
    case 'serverStreaming': {
      const call = client.serverStreaming(wish, options);
      listen(call, ['metadata', 'data', 'end', 'error', 'status'], heard);
      const two = new Promise<void>((resolve) => call.on('data', (text) => text === '2' && resolve()));
      return { call, underWay: Promise.race([two, isOver(call)]), finish() {} };
    }
    case 'bidiStreaming': {
      const call = client.bidiStreaming(options);
      listen(call, ['metadata', 'data', 'end', 'error', 'status'], heard);
      const one = new Promise<void>((resolve) => call.once('data', () => resolve()));
      call.write(wish);
      return { call, underWay: Promise.race([one, isOver(call)]), finish: () => call.end() };
    }
  }
}
