import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { CALL_ID } from './trace-client.ts';
import { describeMessage, describeStatus, now, type TraceEvent, type TraceListener } from './trace-event.ts';

/** A server interceptor that records every event of every call: `new Server({ interceptors: [traceServer(record)] })`. */
export function traceServer(record: TraceListener): ServerInterceptor {
  return ({ path }, call) => {
    let id = '';
    let isOver = false;
    let hasHeaders = false;
    const tell = (event: TraceEvent['event'], sent: boolean, text?: string) =>
      record({ at: now(), side: 'server', call: id, method: path, event, sent, ...(text !== undefined && { text }) });
    const tellHeaders = () => {
      if (!hasHeaders) tell('headers', true);
      hasHeaders = true;
    };
    return new ServerInterceptingCall(call, {
      start: (start) =>
        start({
          onReceiveMetadata(metadata: Metadata, pass) {
            id = String(metadata.get(CALL_ID)[0] ?? '');
            tell('open', false);
            pass(metadata);
          },
          onReceiveMessage(message, pass) {
            tell('message', false, describeMessage(message));
            pass(message);
          },
          onReceiveHalfClose(pass) {
            tell('half-close', false);
            pass();
          },
          onCancel() {
            // grpc-js calls this after a good ending too.
            if (!isOver) tell('cancel', false);
          },
        }),
      sendMetadata(metadata, send) {
        tellHeaders();
        send(metadata);
      },
      sendMessage(message, send) {
        tellHeaders();
        if (!isOver) tell('message', true, describeMessage(message));
        send(message);
      },
      sendStatus(result, send) {
        isOver = true;
        tell('status', true, describeStatus(result.code ?? status.UNKNOWN, result.details ?? ''));
        send(result);
      },
    });
  };
}
