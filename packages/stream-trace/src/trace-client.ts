import { randomUUID } from 'node:crypto';
import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { listenToProgram } from 'grpc-streams';
import { CallRecorder } from './call-recorder.ts';
import { describer } from './describe.ts';
import type { TraceListener } from './trace-event.ts';

/** The metadata that tells the two sides which events belong to the same call. */
export const CALL_ID = 'x-request-id';

export interface TraceOptions {
  /** What the proto package exports under this name: with it, enums have their names. */
  readonly descriptorSet?: Buffer | undefined;
}

export interface TraceClientOptions extends TraceOptions {
  /** How long to wait before each message that is sent, so that one can follow, in milliseconds. Default: 0. */
  readonly paceMs?: number | undefined;
}

/**
 * A client interceptor that records every event of every call: `new ChatClient(address, credentials, { interceptors:
 * [traceClient(record)] })`. What the program takes is known of calls of grpc-streams alone.
 */
export function traceClient(
  record: TraceListener,
  { descriptorSet, paceMs = 0 }: TraceClientOptions = {},
): Interceptor {
  const describe = describer(descriptorSet);
  return (options, next) => {
    const { path, requestSerialize, responseStream } = options.method_definition;
    const recorder = new CallRecorder(record, 'client', path);
    recorder.call = randomUUID().slice(0, 8);
    let isWaiting = false;
    let halfCloseNow: (() => void) | undefined;
    const call = new InterceptingCall(watched(next(options), recorder), {
      start(metadata, _listener, start) {
        metadata.set(CALL_ID, recorder.call);
        recorder.tell('open', true);
        start(metadata, {
          onReceiveMetadata(headers, pass) {
            recorder.tell('headers', false);
            pass(headers);
          },
          onReceiveMessage(message, pass) {
            // grpc-js passes null when a call that has one response ends without it.
            if (message !== null) recorder.receives(describe(path, 'server', message), !responseStream);
            pass(message);
          },
          onReceiveStatus(status, pass) {
            recorder.ends('status', false, status);
            pass(status);
          },
        });
      },
      sendMessage(message, send) {
        const sendNow = () => {
          if (!recorder.isOver) recorder.sends(describe(path, 'client', message, requestSerialize));
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
          if (!recorder.isOver) recorder.tell('half-close', true);
          halfClose();
        };
        if (!isWaiting) halfCloseNow();
      },
      // With two parameters, grpc-js would crash the process.
      cancel(cancel) {
        if (!recorder.isOver) recorder.tell('cancel', true);
        cancel();
      },
    });
    listenToProgram(call, recorder);
    return call;
  };
}

type NextCall = ReturnType<Parameters<Interceptor>[1]>;

/** Has the recorder hear when the transport has taken a message, which grpc-js tells no requester. */
function watched(nextCall: NextCall, recorder: CallRecorder): NextCall {
  const handDown = nextCall.sendMessageWithContext.bind(nextCall);
  nextCall.sendMessageWithContext = (context, message) => {
    const hasTaken = recorder.handsDown();
    const { callback } = context;
    context.callback = (error) => {
      hasTaken();
      callback?.(error);
    };
    handDown(context, message);
  };
  return nextCall;
}
