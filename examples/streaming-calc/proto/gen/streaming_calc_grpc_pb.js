// GENERATED CODE -- DO NOT EDIT!

'use strict';
var grpc = require('@grpc/grpc-js');
var google_protobuf_wrappers_pb = require('google-protobuf/google/protobuf/wrappers_pb.js');

function serialize_google_protobuf_Int64Value(arg) {
  if (!(arg instanceof google_protobuf_wrappers_pb.Int64Value)) {
    throw new Error('Expected argument of type google.protobuf.Int64Value');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_google_protobuf_Int64Value(buffer_arg) {
  return google_protobuf_wrappers_pb.Int64Value.deserializeBinary(new Uint8Array(buffer_arg));
}


var StreamingCalcServiceService = exports.StreamingCalcServiceService = {
  sum: {
    path: '/StreamingCalcService/sum',
    requestStream: true,
    responseStream: false,
    requestType: google_protobuf_wrappers_pb.Int64Value,
    responseType: google_protobuf_wrappers_pb.Int64Value,
    requestSerialize: serialize_google_protobuf_Int64Value,
    requestDeserialize: deserialize_google_protobuf_Int64Value,
    responseSerialize: serialize_google_protobuf_Int64Value,
    responseDeserialize: deserialize_google_protobuf_Int64Value,
  },
  incrementalSum: {
    path: '/StreamingCalcService/incrementalSum',
    requestStream: true,
    responseStream: true,
    requestType: google_protobuf_wrappers_pb.Int64Value,
    responseType: google_protobuf_wrappers_pb.Int64Value,
    requestSerialize: serialize_google_protobuf_Int64Value,
    requestDeserialize: deserialize_google_protobuf_Int64Value,
    responseSerialize: serialize_google_protobuf_Int64Value,
    responseDeserialize: deserialize_google_protobuf_Int64Value,
  },
};

exports.StreamingCalcServiceClient = grpc.makeGenericClientConstructor(StreamingCalcServiceService, 'StreamingCalcService');
