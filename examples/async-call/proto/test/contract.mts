/** The contract, as a stranger has it. */
export const CONTRACT = `
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

/** A field that is empty does not travel, and so is not there. */
export interface Request {
  readonly phone_number?: string;
}

export interface Response {
  readonly call_info?: { readonly session_id?: string; readonly media?: string };
  /** A state that the contract does not have is a number. */
  readonly call_state?: { readonly state?: string | number };
}
