import {
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type ClientWritableStream,
  credentials,
  type requestCallback,
  type StatusObject,
} from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from '@grpc-by-example/testing';
import { CONTRACT, type Int64Value } from '../../proto/test/contract.mts';

/** A `sum` by plain grpc-js, the way a stranger's client makes it. */
export interface SumCall {
  readonly call: ClientWritableStream<Int64Value>;
  /** The response of a call that was OK. */
  readonly sum: Promise<string | undefined>;
  readonly status: Promise<StatusObject>;
}

/** A client on a connection of its own, that knows nothing but the contract. */
export class CalcPeer {
  readonly #client: Client & {
    sum(options: CallOptions, callback: requestCallback<Int64Value>): ClientWritableStream<Int64Value>;
    incrementalSum(options: CallOptions): ClientDuplexStream<Int64Value, Int64Value>;
  };

  constructor(port: number | string) {
    const Calc = peerOf(CONTRACT, 'StreamingCalcService');
    // The callers of one process would share a connection, and what waits for a retry would count as sent.
    const options = { 'grpc.use_local_subchannel_pool': 1, 'grpc.per_rpc_retry_buffer_size': 0 };
    this.#client = new Calc(`localhost:${port}`, credentials.createInsecure(), options) as never;
  }

  /** Starts a `sum`, and sends these values. */
  startSum(values: readonly string[] = [], options: CallOptions = soon()): SumCall {
    let onResponse: requestCallback<Int64Value> = () => {};
    const sum = new Promise<string | undefined>((resolve) => {
      onResponse = (_error, response) => resolve(response && decimal(response));
    });
    const call = this.#client.sum(options, (...answer) => onResponse(...answer));
    const status = new Promise<StatusObject>((resolve) => call.once('status', resolve));
    for (const value of values) call.write({ value });
    return { call, sum, status };
  }

  /** A whole `sum`: sends the values, half-closes, and gives the response. */
  async sum(values: readonly string[]): Promise<string | undefined> {
    const { call, sum } = this.startSum(values);
    call.end();
    return sum;
  }

  incrementalSum(options: CallOptions = soon()): Conversation<Int64Value, Int64Value> {
    return new Conversation(this.#client.incrementalSum(options));
  }

  /** Sends bytes as the one message of a call, and half-closes; gives the status. */
  sendBytes(method: 'sum' | 'incrementalSum', bytes: Buffer): Promise<StatusObject> {
    const same = (message: Buffer) => message;
    const call = this.#client.makeBidiStreamRequest(`/StreamingCalcService/${method}`, same, same, soon());
    call.on('error', () => {}); // the status tells
    call.resume().end(bytes);
    return new Promise((resolve) => call.once('status', resolve));
  }

  close(): void {
    this.#client.close();
  }
}

export const decimal = ({ value = '0' }: Int64Value): string => value;

export const decimals = ({ responses }: Conversation<Int64Value, Int64Value>): string[] => responses.map(decimal);
