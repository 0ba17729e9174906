import { type CallOptions, type Client, type ClientDuplexStream, credentials, Metadata } from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from '@grpc-by-example/testing';
import { CONTRACT, type Response, type Said } from '../../proto/test/contract.mts';

/** A client on a connection of its own, that knows nothing but the contract. */
export class ChatPeer {
  readonly #client: Client & { chat(metadata: Metadata, options: CallOptions): ClientDuplexStream<Said, Response> };

  constructor(port: number | string, contract = CONTRACT) {
    const Chat = peerOf(contract, 'Chat');
    // Without this option the callers of one process share a connection.
    const ownConnection = { 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new Chat(`localhost:${port}`, credentials.createInsecure(), ownConnection) as never;
  }

  chat(options: CallOptions = soon(), metadata = new Metadata()): Conversation<Said, Response> {
    return new Conversation(this.#client.chat(metadata, options));
  }

  /** A whole conversation: says all, and gives the texts of the responses. */
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

export const texts = ({ responses }: Conversation<Said, Response>): string[] => responses.map(({ value }) => value);
