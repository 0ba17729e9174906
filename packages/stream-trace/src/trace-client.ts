import { randomUUID } from 'node:crypto';
import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { describeMessage, describeStatus, now, type TraceEvent, type TraceListener } from './trace-event.ts';

/** The metadata that tells the two sides which events belong to the same call. */
export const CALL_ID = 'x-request-id';

/**
 * A client interceptor that records every event of every call: `new ChatClient(address, credentials, { interceptors:
 * [traceClient(record)] })`.
 *
 * @param paceMs how long to wait before each message that is sent, so that one can follow, in milliseconds
 */
export function traceClient(record: TraceListener, paceMs = 0): Interceptor {
  return (options, next) => {
    const id = randomUUID().slice(0, 8);
    const method = options.method_definition.path;
    let isOver = false;
    let isWaiting = false;
    let halfCloseNow: (() => void) | undefined;
    const tell = (event: TraceEvent['event'], sent: boolean, text?: string) =>
      record({ at: now(), side: 'client', call: id, method, event, sent, ...(text !== undefined && { text }) });
    return new InterceptingCall(next(options), {
      start(metadata, _listener, start) {
        metadata.set(CALL_ID, id);
        tell('open', true);
        start(metadata, {
          onReceiveMetadata(headers, pass) {
            tell('headers', false);
            pass(headers);
          },
          onReceiveMessage(message, pass) {
            // grpc-js passes null when a call that has one response ends without it.
            if (message !== null) tell('message', false, describeMessage(message));
            pass(message);
          },
          onReceiveStatus(status, pass) {
            isOver = true;
            tell('status', false, describeStatus(status.code, status.details));
            pass(status);
          },
        });
      },
      sendMessage(message, send) {
        const sendNow = () => {
          if (!isOver) tell('message', true, describeMessage(message));
          send(message);
          isWaiting = false;
          halfCloseNow?.();
        };
        if (paceMs === 0) return sendNow();
        isWaiting = true;
        setTimeout(sendNow, paceMs);
      },
      halfClose(halfClose) {
        halfCloseNow = () => {
          if (!isOver) tell('half-close', true);
          halfClose();
        };
        if (!isWaiting) halfCloseNow();
      },
      // With two parameters, grpc-js would crash the process.
      cancel(cancel) {
        if (!isOver) tell('cancel', true);
        cancel();
      },
    });
  };
}
