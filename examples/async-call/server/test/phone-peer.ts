import { type CallOptions, type Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { Conversation, peerOf, soon } from 'testing';

/** The contract, as a stranger has it. */
const CONTRACT = `
  syntax = "proto3";
  package grpc.testing;
  message CallInfo { string session_id = 1; string media = 2; }
  message CallState {
    enum State { UNDEFINED = 0; NEW = 1; ACTIVE = 6; ENDED = 7; }
    State state = 2;
  }
  message StreamCallRequest { string phone_number = 1; }
  message StreamCallResponse {
    oneof stream_call_response { CallInfo call_info = 1; CallState call_state = 2; }
  }
  service Phone { rpc StreamCall(stream StreamCallRequest) returns (stream StreamCallResponse); }
`;

export interface Request {
  readonly phone_number?: string;
}

export interface Response {
  readonly call_info?: { readonly session_id: string; readonly media: string };
  readonly call_state?: { readonly state: string };
}

export type PhoneCall = Conversation<Request, Response>;

/** A client on a connection of its own, that knows nothing but the contract. */
export class PhonePeer {
  readonly #client: Client & { StreamCall(options: CallOptions): ClientDuplexStream<Request, Response> };

  constructor(port: number | string, contract = CONTRACT) {
    const Phone = peerOf(contract, 'grpc.testing.Phone');
    // Without this option the callers of one process share a connection.
    const ownConnection = { 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new Phone(`localhost:${port}`, credentials.createInsecure(), ownConnection) as never;
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
export function told({ replies }: PhoneCall): (string | undefined)[] {
  return replies.map(({ call_info, call_state }) =>
    call_info ? `${call_info.session_id}: ${call_info.media}` : call_state?.state,
  );
}
