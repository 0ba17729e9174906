import { randomUUID } from 'node:crypto';
import {
  type CallOptions,
  type Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  credentials,
  type requestCallback,
} from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from '@grpc-by-example/testing';
import { CONTRACT, CONTRACT_WITH_POSITIONS, type DataPackage, type Sent } from '../../proto/test/contract.mts';

export interface Accepted {
  readonly isSuccess?: boolean;
  readonly lastError?: string;
  readonly trackingGuid?: string;
  readonly dataPackageCount?: string;
  readonly timeStamp?: { readonly seconds: string; readonly nanos: number };
}

type IngestPeer = Client & {
  SendDataPackage(request: object, options: CallOptions, callback: requestCallback<Accepted>): ClientUnaryCall;
  SendDataPackagesStream(options: CallOptions, callback: requestCallback<Accepted>): ClientWritableStream<object>;
};
type EgressPeer = Client & {
  GetDataPackagesStream(request: object, options: CallOptions): ClientReadableStream<DataPackage>;
};

/** What a subscriber has got so far. */
export type Subscriber = Conversation<never, DataPackage>;

export const TAG = 'SomeTagName';

/** A package to send, with whatever fields a test wants otherwise. */
export function sent(fields: Partial<Sent> = {}): Sent {
  return { telemetryGuid: randomUUID(), tagName: TAG, tagValue: 'A01', trackingGuid: randomUUID(), ...fields };
}

const Ingest = peerOf(CONTRACT, 'MsgBroker.Ingest');
const Egress = peerOf(CONTRACT, 'MsgBroker.Egress');
const EgressWithPositions = peerOf(CONTRACT_WITH_POSITIONS, 'MsgBroker.Egress');

/** A client on a connection of its own, that knows nothing but the contract. */
export class DataHubPeer {
  readonly #ingest: IngestPeer;
  readonly #egress: EgressPeer;

  /** @param knowsPositions whether the contract that it knows has the fields for them */
  constructor(port: number | string, knowsPositions = false) {
    // Without this option the callers of one process share a connection.
    const ownConnection = { 'grpc.use_local_subchannel_pool': 1 };
    const target = [`localhost:${port}`, credentials.createInsecure(), ownConnection] as const;
    this.#ingest = new Ingest(...target) as never;
    this.#egress = new (knowsPositions ? EgressWithPositions : Egress)(...target) as never;
  }

  subscribe(request: object = {}, options: CallOptions = soon()): Subscriber {
    const call = this.#egress.GetDataPackagesStream({ tagName: TAG, trackingGuid: randomUUID(), ...request }, options);
    return new Conversation(call as never);
  }

  /** Subscribes, and waits until the subscription is in place. */
  async subscribed(request: object = {}, options?: CallOptions): Promise<Subscriber> {
    const subscriber = this.subscribe(request, options);
    await subscriber.received(1);
    return subscriber;
  }

  /** The unary call. */
  send(request: object, options: CallOptions = soon()): Promise<Accepted> {
    return new Promise((resolve, reject) => {
      this.#ingest.SendDataPackage(request, options, (error, response) =>
        error ? reject(error) : resolve(response ?? {}),
      );
    });
  }

  /** The client-streaming call, open. */
  startIngest(options: CallOptions = soon()): { call: ClientWritableStream<object>; response: Promise<Accepted> } {
    let settle: requestCallback<Accepted> = () => {};
    const response = new Promise<Accepted>((resolve, reject) => {
      settle = (error, value) => (error ? reject(error) : resolve(value ?? {}));
    });
    response.catch(() => {}); // the test awaits it later
    return { call: this.#ingest.SendDataPackagesStream(options, (error, value) => settle(error, value)), response };
  }

  /** The client-streaming call, with these packages. */
  ingest(packages: readonly object[], options?: CallOptions): Promise<Accepted> {
    const { call, response } = this.startIngest(options);
    for (const dataPackage of packages) call.write(dataPackage);
    call.end();
    return response;
  }

  close(): void {
    this.#ingest.close();
    this.#egress.close();
  }
}

export const values = ({ responses }: Subscriber): (string | undefined)[] => responses.map(({ tagValue }) => tagValue);

const isTick = ({ tagValue = '' }: DataPackage) => /^\d{18}$/.test(tagValue);

/** The values that are no ticks. */
export const ingested = ({ responses }: Subscriber): string[] =>
  responses.filter((response) => response.IsSuccess && !isTick(response)).map(({ tagValue = '' }) => tagValue);

/** The last position that it has read. */
export const positionOf = ({ responses }: Subscriber): string => responses.at(-1)?.position ?? '';

/** Closes the subscription and waits for its end. */
export async function cancel(subscriber: Subscriber): Promise<void> {
  subscriber.call.cancel();
  await subscriber.status;
}
