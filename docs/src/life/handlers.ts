import type { EventEmitter } from 'node:events';
import type { CourseHandlers } from '../course.ts';

/** What the first request asks for. */
export type Wish = 'ok' | 'error' | 'wait';

const ABORTED = { code: 10, details: 'as asked' };

/** Names of events in the order in which a grpc-js call emitted them. */
export function listen(call: EventEmitter, names: readonly string[], heard: string[]): void {
  for (const name of names) call.on(name, () => heard.push(name));
}

/**
 * Handlers of plain grpc-js that answer each request, as far as their kind can, and then do as the first one asks:
 * come to an end, fail, or wait for whatever happens to the call.
 *
 * @param allRead the client has read what there is: a status that is not OK would overtake it
 */
export function lifeHandlers(heard: string[], allRead: Promise<unknown>): CourseHandlers {
  return {
    unary(call, callback) {
      listen(call, ['cancelled'], heard);
      if (call.request === 'ok') callback(null, 'OK it is');
      if (call.request === 'error') callback(ABORTED);
    },

    clientStreaming(call, callback) {
      let wish = '';
      call.on('data', (request: string) => {
        heard.push('data');
        wish ||= request;
        if (wish === 'error') callback(ABORTED);
      });
      listen(call, ['end', 'cancelled'], heard);
      call.on('end', () => wish === 'ok' && callback(null, 'OK it is'));
    },

    serverStreaming(call) {
      listen(call, ['error', 'cancelled'], heard);
      call.write('1');
      call.write('2');
      if (call.request === 'ok') call.end();
      if (call.request === 'error') void allRead.then(() => call.emit('error', ABORTED));
    },

    bidiStreaming(call) {
      let wish = '';
      call.on('data', (request: string) => {
        heard.push('data');
        wish ||= request;
        call.write(`${request}!`);
        if (wish === 'error') void allRead.then(() => call.emit('error', ABORTED));
      });
      listen(call, ['end', 'error', 'cancelled'], heard);
      call.on('end', () => wish === 'ok' && call.end());
    },
  };
}
