/** The contract, as a stranger has it. */
export const CONTRACT = `
  syntax = "proto3";
  import "google/protobuf/wrappers.proto";
  service StreamingCalcService {
     rpc sum(stream google.protobuf.Int64Value) returns (google.protobuf.Int64Value);
     rpc incrementalSum(stream google.protobuf.Int64Value) returns (stream google.protobuf.Int64Value);
  }
`;

/** A value in decimal. A field that is zero does not travel, and so is not there. */
export interface Int64Value {
  readonly value?: string;
}
