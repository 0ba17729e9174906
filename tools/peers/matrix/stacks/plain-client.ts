import {
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  type requestCallback,
  type ServiceError,
  type StatusObject,
  status,
} from '@grpc/grpc-js';
import { askOf, connect } from '../definition.ts';
import { keepTo, NEVER_MS } from '../follow.ts';
import type { ClientPlan, Kind } from '../plans.ts';
import { REQUESTS } from '../plans.ts';
import type { Answer, Ask, ServiceClient } from '../service.ts';
import type { Connection, Seen } from '../stack.ts';

/** How an idiom sends and reads. */
export interface Idiom {
  /** Sends the requests of the plan and half-closes; may go on when the call is over. */
  send(call: ClientWritableStream<Ask>, plan: ClientPlan): void;
  /** Reads responses as the plan says. */
  read(call: ClientReadableStream<Answer>, plan: ClientPlan): Promise<Seen>;
  /** Sends and reads. */
  talk(call: ClientDuplexStream<Ask, Answer>, plan: ClientPlan): Promise<Seen>;
}

/** A client of plain grpc-js. */
export function connectPlainly(port: number, idiom: Idiom): Connection {
  const client = connect(port);
  return {
    call(kind, plan, during) {
      const { call, seen } = start[kind](client, plan, { deadline: Date.now() + (plan.deadline ?? NEVER_MS) }, idiom);
      return keepTo(plan, during, seen, { cancel: () => call.cancel(), abort: () => {} });
    },
    close: () => client.close(),
  };
}

type Start = (
  client: ServiceClient,
  plan: ClientPlan,
  options: { deadline: number },
  idiom: Idiom,
) => { call: ClientUnaryCall; seen: Promise<Seen> };

const start: Record<Kind, Start> = {
  unary(client, plan, options) {
    const { callback, seen } = awaitReply();
    return { call: client.say(askOf(1, plan), options, callback), seen };
  },
  'client streaming'(client, plan, options, idiom) {
    const { callback, seen } = awaitReply();
    const call = client.collect(options, callback);
    idiom.send(call, plan);
    return { call, seen };
  },
  'server streaming'(client, plan, options, idiom) {
    const call = client.list(askOf(plan.sends ?? REQUESTS, plan), options);
    return { call, seen: idiom.read(call, plan) };
  },
  bidi(client, plan, options, idiom) {
    const call = client.talk(options);
    return { call, seen: idiom.talk(call, plan) };
  },
};

function awaitReply(): { callback: requestCallback<Answer>; seen: Promise<Seen> } {
  let callback: requestCallback<Answer> = () => {};
  const seen = new Promise<Seen>((resolve) => {
    callback = (error, response) => resolve(error ? failed(error) : { status: 'OK', messages: response?.n ?? 0 });
  });
  return { callback: (error, response) => callback(error, response), seen };
}

export function failed(error: ServiceError, messages = 0): Seen {
  return { status: status[error.code] ?? String(error), messages };
}

/** What a client sees that reads nothing: the status, when it comes. */
export function statusOnly(call: ClientReadableStream<Answer>): Promise<Seen> {
  call.on('error', () => {}); // the status tells
  return new Promise((resolve) => {
    call.on('status', ({ code }: StatusObject) => resolve({ status: status[code], messages: 0 }));
  });
}
