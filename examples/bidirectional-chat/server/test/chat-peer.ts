import { type CallOptions, type Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from 'testing';

/** The contract, as a stranger has it. */
export const CONTRACT = `
  syntax = "proto3";
  import "google/protobuf/wrappers.proto";
  service Chat { rpc chat (stream ChatMessage) returns (stream google.protobuf.StringValue); }
  message ChatMessage { string name = 1; string message = 2; }
`;

export interface Said {
  readonly name?: string;
  readonly message?: string;
}

export interface Reply {
  readonly value: string;
}

/** A client on a connection of its own, that knows nothing but the contract. */
export class ChatPeer {
  readonly #client: Client & { chat(options: CallOptions): ClientDuplexStream<Said, Reply> };

  constructor(port: number | string, contract = CONTRACT) {
    const Chat = peerOf(contract, 'Chat');
    // Without this option the callers of one process share a connection.
    const ownConnection = { 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new Chat(`localhost:${port}`, credentials.createInsecure(), ownConnection) as never;
  }

  chat(options: CallOptions = soon()): Conversation<Said, Reply> {
    return new Conversation(this.#client.chat(options));
  }

  /** A whole conversation: says all, and gives the texts of the replies. */
  async say(...messages: Said[]): Promise<string[]> {
    const conversation = this.chat();
    conversation.send(...messages);
    conversation.call.end();
    await conversation.status;
    return texts(conversation);
  }

  close(): void {
    this.#client.close();
  }
}

export const texts = ({ replies }: Conversation<Said, Reply>): string[] => replies.map(({ value }) => value);
