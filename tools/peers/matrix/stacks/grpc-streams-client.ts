import { setTimeout } from 'node:timers/promises';
import { type CallOptions, type ClientUnaryCall, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import {
  type BidiCall,
  bidiCall,
  type ClientStreamingCall,
  clientStreamingCall,
  type CallOptions as OurOptions,
  STREAMING,
  serverStreamingCall,
  unaryCall,
} from 'grpc-streams';
import { askOf, connect } from '../definition.ts';
import { asks, asksInTime, Counter, keepTo, NEVER_MS } from '../follow.ts';
import type { ClientPlan, Kind } from '../plans.ts';
import { REQUESTS } from '../plans.ts';
import type { Answer, Ask, ServiceClient } from '../service.ts';
import type { Connection, Seen } from '../stack.ts';

interface Started {
  readonly call: ClientUnaryCall | undefined;
  readonly seen: Promise<Seen>;
}

export function connectOurs(port: number): Connection {
  const client = connect(port, STREAMING);
  return {
    call(kind, plan, during) {
      const controller = new AbortController();
      if (plan.aborts === 'before') controller.abort();
      const deadline = Date.now() + (plan.deadline ?? NEVER_MS);
      const signal = plan.aborts && controller.signal;
      const { call, seen } = start[kind](client, plan, { deadline }, { signal });
      return keepTo(plan, during, seen, { cancel: () => call?.cancel(), abort: () => controller.abort() });
    },
    close: () => client.close(),
  };
}

const start: Record<
  Kind,
  (client: ServiceClient, plan: ClientPlan, options: CallOptions, ours: OurOptions) => Started
> = {
  unary(client, plan, options, ours) {
    let call: ClientUnaryCall | undefined;
    const response = unaryCall<Answer>((done) => {
      call = client.say(askOf(1, plan), options, done);
      return call;
    }, ours);
    return { call, seen: seenOf(response) };
  },

  'client streaming'(client, plan, options, ours) {
    const call = clientStreamingCall<Ask, Answer>((done) => client.collect(options, done), ours);
    return { call: call.grpcCall, seen: send(call, plan).then(() => seenOf(call.response, call.status)) };
  },

  'server streaming'(client, plan, options, ours) {
    const {
      grpcCall: call,
      responses,
      status,
    } = serverStreamingCall(client.list(askOf(plan.sends ?? REQUESTS, plan), options), ours);
    return { call, seen: read(responses, status, plan) };
  },

  bidi(client, plan, options, ours) {
    const call = bidiCall(client.talk(options), ours);
    const seen = Promise.all([read(call.responses, call.status, plan), send(call, plan)]).then(([seen]) => seen);
    return { call: call.grpcCall, seen };
  },
};

async function send(call: ClientStreamingCall<Ask, Answer> | BidiCall<Ask, Answer>, plan: ClientPlan): Promise<void> {
  if (plan.halfCloses !== false) {
    await call.sendAll(plan.pace ? asksInTime(plan) : asks(plan));
    return;
  }
  for (const request of asks(plan)) if (!(await call.send(request))) return;
}

async function seenOf(response: Promise<Answer>, ended?: Promise<StatusObject>): Promise<Seen> {
  const [messages, learned] = await response.then(
    ({ n }) => [n, 'OK'] as const,
    (error: ServiceError) => [0, nameOf(error)] as const,
  );
  return { status: agreed(learned, ended === undefined ? learned : nameOf(await ended)), messages };
}

async function read(responses: AsyncIterable<Answer>, ended: Promise<StatusObject>, plan: ClientPlan): Promise<Seen> {
  const counter = new Counter();
  const learned = await readReplies(responses, counter, plan);
  return { status: agreed(learned, nameOf(await ended)), messages: counter.count };
}

/** Gives what the reader learns of the status: nothing when it does not read to the end. */
async function readReplies(
  responses: AsyncIterable<Answer>,
  counter: Counter,
  { reads, pace }: ClientPlan,
): Promise<string | undefined> {
  if (reads === 0) return undefined;
  try {
    for await (const response of responses) {
      counter.add(response);
      if (counter.count === reads) return undefined;
      if (pace) await setTimeout(pace);
    }
    return 'OK';
  } catch (error) {
    return nameOf(error as ServiceError);
  }
}

/** The end of the responses and the status must say the same. */
function agreed(learned: string | undefined, ended: string): string {
  return learned === undefined || learned === ended ? ended : `${ended}, but its reader saw ${learned}`;
}

/** The name of a status, or the text of what is none. */
export function nameOf(error: { code: status; message?: string }): string {
  return status[error.code] ?? String(error.message);
}
