import type { ClientReadableStream, ClientWritableStream, ServiceError } from '@grpc/grpc-js';
import { asked, asks, Counter } from '../follow.ts';
import type { ClientPlan, HandlerPlan } from '../plans.ts';
import type { Answer, Ask, Handlers } from '../service.ts';
import type { Seen, Stack, Watch } from '../stack.ts';
import { EventHandler, toCallback, toStream } from './event-handler.ts';
import { connectPlainly, failed, statusOnly } from './plain-client.ts';
import { plainCanDo, servePlainly } from './plain-server.ts';

/** Plain grpc-js with the events of its calls, as its documentation does. */
export const events: Stack = {
  serve: (_, plan, watch) => servePlainly(handlersOf(plan, watch)),
  connect: (port) =>
    connectPlainly(port, {
      send,
      read,
      talk(call, plan) {
        send(call, plan);
        return read(call, plan);
      },
    }),
  canDo: (_, row) => plainCanDo(row),
};

function handlersOf(plan: HandlerPlan, watch: Watch): Handlers {
  return {
    say(call, callback) {
      new EventHandler(plan, watch, call, toCallback(callback, plan)).readAll([call.request].values());
    },
    collect(call, callback) {
      new EventHandler(plan, watch, call, toCallback(callback, plan)).readStream(call);
    },
    list(call) {
      new EventHandler(plan, watch, call, toStream(call)).readAll(asked(call.request));
    },
    talk(call) {
      new EventHandler(plan, watch, call, toStream(call)).readStream(call);
    },
  };
}

/** Writes while the call takes messages, and goes on at 'drain'. */
function send(call: ClientWritableStream<Ask>, plan: ClientPlan): void {
  const requests = asks(plan);
  const write = () => {
    for (let next = requests.next(); ; next = requests.next()) {
      if (next.done) {
        if (plan.halfCloses !== false) call.end();
        return;
      }
      const more = call.write(next.value);
      if (plan.pace) return setTimeout(write, plan.pace);
      if (!more) return call.once('drain', write);
    }
  };
  write();
}

function read(call: ClientReadableStream<Answer>, plan: ClientPlan): Promise<Seen> {
  if (plan.reads === 0) return statusOnly(call);
  const responses = new Counter();
  return new Promise((resolve) => {
    call.on('data', (response: Answer) => {
      responses.add(response);
      if (responses.count === plan.reads) call.cancel();
      if (plan.pace) {
        call.pause();
        setTimeout(() => call.resume(), plan.pace);
      }
    });
    call.on('error', (error: ServiceError) => resolve(failed(error, responses.count)));
    call.on('end', () => resolve({ status: 'OK', messages: responses.count }));
  });
}
