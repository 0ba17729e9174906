/** The contract, as a stranger has it. */
export const CONTRACT = `
  syntax = "proto3";
  package notes;
  service Notes { rpc exchange (stream Note) returns (stream Note); }
  message Note { string text = 1; }
`;

/** A field that is empty does not travel, and so is not there. */
export interface Note {
  readonly text?: string;
}
