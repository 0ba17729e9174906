/** The contract, as a stranger has it. */
export const CONTRACT = `
  syntax = "proto3";
  option csharp_namespace = "DataHub.ServiceDefinition";
  import "google/protobuf/timestamp.proto";
  package MsgBroker;
  service Ingest {
    rpc SendDataPackage (RequestSendDataPackage) returns (ResponseSendDataPackage);
    rpc SendDataPackagesStream (stream RequestSendDataPackageStream) returns (ResponseSendDataPackage);
  }
  message RequestSendDataPackageStream { string telemetryGuid = 1; string tagName = 2; string tagValue = 3; string trackingGuid = 4; }
  message RequestSendDataPackage { string telemetryGuid = 1; string tagName = 2; repeated string tagValue = 3; string trackingGuid = 4; }
  message ResponseSendDataPackage { bool isSuccess = 1; string lastError = 2; string trackingGuid = 3; int64 dataPackageCount = 4; google.protobuf.Timestamp timeStamp = 5; }
  service Egress { rpc GetDataPackagesStream (RequestGetDataPackage) returns (stream ResponseGetDataPackageStream); }
  message RequestGetDataPackage { string tagName = 2; string trackingGuid = 4; }
  message ResponseGetDataPackageStream { bool IsSuccess = 1; string LastError = 2; string trackingGuid = 3; string tagName = 4; string tagValue = 5; }
`;

/** With the two fields by which a subscriber goes on where it was. */
export const CONTRACT_WITH_POSITIONS = CONTRACT.replace(
  /(message RequestGetDataPackage {.*?) }/,
  '$1 string after = 5; }',
).replace(/(message ResponseGetDataPackageStream {.*?) }/, '$1 string position = 6; }');

/** A package to send, or several values in one. */
export interface Sent<Value = string> {
  readonly telemetryGuid: string;
  readonly tagName: string;
  readonly tagValue: Value;
  readonly trackingGuid: string;
}

/** What a subscriber asks for. */
export interface Subscribed {
  readonly tagName: string;
  readonly trackingGuid: string;
  readonly after?: string;
}

/** A package as a subscriber gets it. A field at its default does not travel, and so is not there. */
export interface DataPackage {
  readonly IsSuccess?: boolean;
  readonly LastError?: string;
  readonly trackingGuid?: string;
  readonly tagName?: string;
  readonly tagValue?: string;
  readonly position?: string;
}
