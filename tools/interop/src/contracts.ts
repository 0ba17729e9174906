import type { Example } from './examples.ts';

/** The services that every server has. */
export const STANDARD = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

/** The services of each example, and every method as grpcurl describes it. */
export const CONTRACTS: Record<Example, Record<string, readonly string[]>> = {
  calc: {
    StreamingCalcService: [
      'rpc incrementalSum ( stream .google.protobuf.Int64Value ) returns ( stream .google.protobuf.Int64Value );',
      'rpc sum ( stream .google.protobuf.Int64Value ) returns ( .google.protobuf.Int64Value );',
    ],
  },
  chat: { Chat: ['rpc chat ( stream .ChatMessage ) returns ( stream .google.protobuf.StringValue );'] },
  call: {
    'grpc.testing.Phone': [
      'rpc StreamCall ( stream .grpc.testing.StreamCallRequest ) returns ( stream .grpc.testing.StreamCallResponse );',
    ],
  },
  datahub: {
    'MsgBroker.Egress': [
      'rpc GetDataPackagesStream ( .MsgBroker.RequestGetDataPackage ) returns ( stream .MsgBroker.ResponseGetDataPackageStream );',
    ],
    'MsgBroker.Ingest': [
      'rpc SendDataPackage ( .MsgBroker.RequestSendDataPackage ) returns ( .MsgBroker.ResponseSendDataPackage );',
      'rpc SendDataPackagesStream ( stream .MsgBroker.RequestSendDataPackageStream ) returns ( .MsgBroker.ResponseSendDataPackage );',
    ],
  },
  message: {
    'messages.MessageService': [
      'rpc StreamMessages ( stream .messages.MessageRequest ) returns ( stream .messages.MessageResponse );',
    ],
  },
  job: { 'jobs.JobService': ['rpc StreamJobs ( stream .jobs.JobMessage ) returns ( stream .jobs.JobMessage );'] },
};
