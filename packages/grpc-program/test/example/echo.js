import { hostname } from 'node:os';
import { ServerInterceptingCall } from '@grpc/grpc-js';
import { callerOf } from 'grpc-program/server';
import { bidiStreaming } from 'grpc-streams';

export const handlers = {
  talk: bidiStreaming(async function* (words, { call }) {
    const name = callerOf(call)?.subject ?? 'somebody'; // who calls, as the token says that was checked
    for await (const { text } of words) yield { text: `${name} said ${text}` };
  }),
};

/** An interceptor: says in the headers of each call which machine answers. */
export const servedBy = (_, call) =>
  new ServerInterceptingCall(call, {
    sendMetadata(metadata, send) {
      metadata.set('served-by', hostname());
      send(metadata);
    },
  });
