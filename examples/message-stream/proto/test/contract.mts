/** The contract, as a stranger has it. */
export const CONTRACT = `
  syntax = "proto3";
  package messages;
  service MessageService { rpc StreamMessages(stream MessageRequest) returns (stream MessageResponse); }
  message MessageRequest { string name = 1; }
  message MessageResponse { string message = 1; }
`;

/** A field that is empty does not travel, and so is not there. */
export interface Request {
  readonly name?: string;
}

export interface Response {
  readonly message: string;
}
