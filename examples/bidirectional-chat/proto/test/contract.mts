/** The contract, as a stranger has it. */
export const CONTRACT = `
  syntax = "proto3";
  import "google/protobuf/wrappers.proto";
  service Chat { rpc chat (stream ChatMessage) returns (stream google.protobuf.StringValue); }
  message ChatMessage { string name = 1; string message = 2; }
`;

/** A field that is empty does not travel, and so is not there. */
export interface Said {
  readonly name?: string;
  readonly message?: string;
}

export interface Response {
  readonly value: string;
}
