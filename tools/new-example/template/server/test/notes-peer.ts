import { type CallOptions, type Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { Conversation, peerOf, soon, stopLater } from '@grpc-by-example/testing';
import { CONTRACT, type Note } from '../../proto/test/contract.mts';

/** Makes a call as a client that knows nothing but the contract; the client is closed after the tests. */
export function exchange(port: number | string): Conversation<Note, Note> {
  const Notes = peerOf(CONTRACT, 'notes.Notes');
  const client = new Notes(`localhost:${port}`, credentials.createInsecure()) as unknown as Client & {
    exchange(options: CallOptions): ClientDuplexStream<Note, Note>;
  };
  stopLater(() => client.close());
  return new Conversation(client.exchange(soon()));
}
