import { type CallOptions, type Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from 'testing';

/** The contract, as a stranger has it. */
export const CONTRACT = `
  syntax = "proto3";
  package messages;
  service MessageService { rpc StreamMessages(stream MessageRequest) returns (stream MessageResponse); }
  message MessageRequest { string name = 1; }
  message MessageResponse { string message = 1; }
`;

/** A field that is empty need not be there. */
export interface Request {
  readonly name?: string;
}

export interface Response {
  readonly message: string;
}

/** A client on a connection of its own, that knows nothing but the contract. */
export class MessagePeer {
  readonly #client: Client & { StreamMessages(options: CallOptions): ClientDuplexStream<Request, Response> };

  constructor(port: number | string, contract = CONTRACT) {
    const MessageService = peerOf(contract, 'messages.MessageService');
    // Without this option the callers of one process share a connection.
    const ownConnection = { 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new MessageService(`localhost:${port}`, credentials.createInsecure(), ownConnection) as never;
  }

  streamMessages(options: CallOptions = soon()): Conversation<Request, Response> {
    return new Conversation(this.#client.StreamMessages(options));
  }

  close(): void {
    this.#client.close();
  }
}

export const texts = ({ replies }: Conversation<Request, Response>): string[] => replies.map(({ message }) => message);
