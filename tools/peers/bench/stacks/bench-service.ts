const identity = (bytes: Buffer) => bytes;

const serialization = {
  requestSerialize: identity,
  requestDeserialize: identity,
  responseSerialize: identity,
  responseDeserialize: identity,
};

/** One method of each kind, for the stacks that build on grpc-js. Messages are bytes: no protobuf is measured. */
export const benchService = {
  bidi: { path: '/bench.Bench/Bidi', requestStream: true, responseStream: true, ...serialization },
  serverStreaming: {
    path: '/bench.Bench/ServerStreaming',
    requestStream: false,
    responseStream: true,
    ...serialization,
  },
  clientStreaming: {
    path: '/bench.Bench/ClientStreaming',
    requestStream: true,
    responseStream: false,
    ...serialization,
  },
} as const;
