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


// Sums of integers. There is no package, so the paths are /StreamingCalcService/sum and
// /StreamingCalcService/incrementalSum.
//
// Values and sums are exact signed 64-bit integers. A value that takes the sum so far out of that range ends the call
// with OUT_OF_RANGE, even if a later value would bring it back; the details of the status name the position of the
// value on the stream, counted from 1. Calls have nothing to do with each other.
var StreamingCalcServiceService = exports.StreamingCalcServiceService = {
  // The caller sends values and half-closes; then the server answers with their sum, which is 0 if there were none.
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
  // The server answers each value with the sum so far, as soon as it arrives and in order. When the caller half-closes,
// the server ends the call with OK.
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
