import { type CallOptions, type Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from '@grpc-by-example/testing';
import { CONTRACT, type Request, type Response } from '../../proto/test/contract.mts';

const MessageService = peerOf(CONTRACT, 'messages.MessageService');

/** A client on a connection of its own, that knows nothing but the contract. */
export class MessagePeer {
  readonly #client: Client & { StreamMessages(options: CallOptions): ClientDuplexStream<Request, Response> };

  /** @param contract another text of it */
  constructor(port: number | string, contract?: string) {
    const Client = contract ? peerOf(contract, 'messages.MessageService') : MessageService;
    // Without this option the callers of one process share a connection.
    const ownConnection = { 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new Client(`localhost:${port}`, credentials.createInsecure(), ownConnection) as never;
  }

  streamMessages(options: CallOptions = soon()): Conversation<Request, Response> {
    return new Conversation(this.#client.StreamMessages(options));
  }

  close(): void {
    this.#client.close();
  }
}

export const texts = ({ responses }: Conversation<Request, Response>): string[] =>
  responses.map(({ message }) => message);
