import { promisify } from 'node:util';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type StatusObject,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { peerOf } from '@grpc-by-example/testing';
import { CONTRACT, type Int64Value } from '../../proto/test/contract.mts';

/** The calls as plain grpc-js gives them to a stranger's server. */
export type PeerSum = ServerReadableStream<Int64Value, Int64Value>;
export type PeerIncrementalSum = ServerDuplexStream<Int64Value, Int64Value>;
export interface PeerCalc {
  sum?: (call: PeerSum, callback: sendUnaryData<Int64Value>) => void;
  incrementalSum?: (call: PeerIncrementalSum) => void;
}

/**
 * Starts a server that knows nothing but the contract, on a free port; without handlers, it sums as it should.
 *
 * @param responseBytes the bytes that it sends instead of each response
 */
export async function listen(calc: PeerCalc = {}, responseBytes?: Buffer): Promise<{ address: string; stop(): void }> {
  const { service } = peerOf(CONTRACT, 'StreamingCalcService');
  const methods = Object.entries(service).map(([name, method]) => [
    name,
    responseBytes ? { ...method, responseSerialize: () => responseBytes } : method,
  ]);
  const server = new Server();
  const handlers = { sum: answerSum, incrementalSum: answerEach, ...calc };
  server.addService(Object.fromEntries(methods), handlers as never);
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

/** Adds up exactly; undefined after a value that 64 bits cannot hold. */
class Adder {
  #sum: bigint | undefined = 0n;

  add({ value = '0' }: Int64Value): void {
    if (this.#sum === undefined) return;
    const sum: bigint = this.#sum + BigInt(value);
    this.#sum = sum >= -(2n ** 63n) && sum < 2n ** 63n ? sum : undefined;
  }

  get reply(): Int64Value | undefined {
    return this.#sum === undefined ? undefined : { value: String(this.#sum) };
  }
}

export const OVERFLOW = { code: status.OUT_OF_RANGE, details: 'too much' };

export function answerSum(call: PeerSum, callback: sendUnaryData<Int64Value>): void {
  const adder = new Adder();
  call.on('data', (value: Int64Value) => adder.add(value));
  call.on('end', () => (adder.reply ? callback(null, adder.reply) : callback(OVERFLOW)));
}

export function answerEach(call: PeerIncrementalSum): void {
  const adder = new Adder();
  call.on('data', (value: Int64Value) => {
    adder.add(value);
    if (adder.reply) call.write(adder.reply);
    else fail(call, OVERFLOW);
  });
  call.on('end', () => call.end());
}

export function fail(call: PeerIncrementalSum, { code, details }: Pick<StatusObject, 'code' | 'details'>): void {
  call.emit('error', { code, details });
}
