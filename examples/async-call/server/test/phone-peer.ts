import { type CallOptions, type Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from '@grpc-by-example/testing';
import { CONTRACT, type Request, type Response } from '../../proto/test/contract.mts';

export type PhoneCall = Conversation<Request, Response>;

const Phone = peerOf(CONTRACT, 'grpc.testing.Phone');

/** A client on a connection of its own, that knows nothing but the contract. */
export class PhonePeer {
  readonly #client: Client & { StreamCall(options: CallOptions): ClientDuplexStream<Request, Response> };

  /** @param contract another text of it */
  constructor(port: number | string, contract?: string) {
    const Client = contract ? peerOf(contract, 'grpc.testing.Phone') : Phone;
    // Without this option the callers of one process share a connection.
    const ownConnection = { 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new Client(`localhost:${port}`, credentials.createInsecure(), ownConnection) as never;
  }

  /** Opens a call and sends these requests; it does not half-close. */
  call(requests: readonly Request[], options: CallOptions = soon()): PhoneCall {
    const conversation: PhoneCall = new Conversation(this.#client.StreamCall(options));
    conversation.send(...requests);
    return conversation;
  }

  /** Asks for a call, as our client does: one request, then the half-close. */
  dial(number: string, options?: CallOptions): PhoneCall {
    const conversation = this.call([{ phone_number: number }], options);
    conversation.call.end();
    return conversation;
  }

  close(): void {
    this.#client.close();
  }
}

/** What the server has sent, in short: the states, and the sessions as `0: https://…`. */
export function told({ responses }: PhoneCall): string[] {
  return responses.map(({ call_info, call_state }) =>
    call_info ? `${call_info.session_id}: ${call_info.media}` : `${call_state?.state}`,
  );
}
