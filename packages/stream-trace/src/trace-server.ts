import {
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerMethodDefinition,
  status,
} from '@grpc/grpc-js';
import { listenToProgram, PassThroughCall, type SentStatus, type ServerListener } from 'grpc-streams';
import { CallRecorder } from './call-recorder.ts';
import { type Describe, describer } from './describe.ts';
import { CALL_ID, type TraceOptions } from './trace-client.ts';
import type { TraceListener } from './trace-event.ts';

let calls = 0;

/**
 * A server interceptor that records every event of every call: `new Server({ interceptors: [boundCalls(),
 * traceServer(record)] })`. What the handler takes, and what its signal saw, is known of handlers of grpc-streams alone.
 */
export function traceServer(record: TraceListener, { descriptorSet }: TraceOptions = {}): ServerInterceptor {
  const describe = describer(descriptorSet);
  return (method, call) => new TracedCall(call, method, describe, new CallRecorder(record, 'server', method.path));
}

type Method = Pick<ServerMethodDefinition<unknown, unknown>, 'path' | 'requestStream' | 'responseSerialize'>;

class TracedCall extends PassThroughCall {
  readonly #method: Method;
  readonly #describe: Describe;
  readonly #recorder: CallRecorder;
  #hasHeaders = false;

  constructor(next: ServerInterceptingCallInterface, method: Method, describe: Describe, recorder: CallRecorder) {
    super(next);
    this.#method = method;
    this.#describe = describe;
    this.#recorder = recorder;
    listenToProgram(this, recorder);
  }

  override start(listener: ServerListener): void {
    const recorder = this.#recorder;
    super.start({
      onReceiveMetadata: (metadata) => {
        const [given] = metadata.get(CALL_ID);
        // A client in another language gives its calls no name.
        recorder.call = given ? given.toString() : `call-${++calls}`;
        recorder.tell('open', false);
        listener.onReceiveMetadata(metadata);
      },
      onReceiveMessage: (message) => {
        recorder.receives(this.#describe(this.#method.path, 'client', message), !this.#method.requestStream);
        listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => {
        // When the server has ended the call, the end of its connection looks like one.
        if (!recorder.isOver) recorder.tell('half-close', false);
        listener.onReceiveHalfClose();
      },
      onCancel: () => {
        // grpc-js calls this after a good ending too.
        if (!recorder.isOver) recorder.ends('cancel', false);
        listener.onCancel();
      },
    });
  }

  override sendMetadata(metadata: Metadata): void {
    this.#tellHeaders();
    super.sendMetadata(metadata);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#tellHeaders();
    const recorder = this.#recorder;
    const { path, responseSerialize } = this.#method;
    if (!recorder.isOver) recorder.sends(this.#describe(path, 'server', message, responseSerialize));
    const hasTaken = recorder.handsDown();
    super.sendMessage(message, () => {
      hasTaken();
      callback();
    });
  }

  override sendStatus(result: SentStatus): void {
    this.#recorder.ends('status', true, { code: result.code ?? status.UNKNOWN, details: result.details ?? '' });
    super.sendStatus(result);
  }

  #tellHeaders(): void {
    if (!this.#hasHeaders) this.#recorder.tell('headers', true);
    this.#hasHeaders = true;
  }
}
