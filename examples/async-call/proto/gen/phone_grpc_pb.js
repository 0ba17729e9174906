// GENERATED CODE -- DO NOT EDIT!

// Original file comments:
// Copyright 2020 The gRPC Authors
//
// Licensed under the Apache License, Version 2.0 (the "License");
// you may not use this file except in compliance with the License.
// You may obtain a copy of the License at
//
//     http://www.apache.org/licenses/LICENSE-2.0
//
// Unless required by applicable law or agreed to in writing, software
// distributed under the License is distributed on an "AS IS" BASIS,
// WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
// See the License for the specific language governing permissions and
// limitations under the License.
//
// Changed by the gRPC streaming by example authors: the comments are new, and the service stands before the messages.
//
'use strict';
var grpc = require('@grpc/grpc-js');
var phone_pb = require('./phone_pb.js');

function serialize_grpc_testing_StreamCallRequest(arg) {
  if (!(arg instanceof phone_pb.StreamCallRequest)) {
    throw new Error('Expected argument of type grpc.testing.StreamCallRequest');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_grpc_testing_StreamCallRequest(buffer_arg) {
  return phone_pb.StreamCallRequest.deserializeBinary(new Uint8Array(buffer_arg));
}

function serialize_grpc_testing_StreamCallResponse(arg) {
  if (!(arg instanceof phone_pb.StreamCallResponse)) {
    throw new Error('Expected argument of type grpc.testing.StreamCallResponse');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_grpc_testing_StreamCallResponse(buffer_arg) {
  return phone_pb.StreamCallResponse.deserializeBinary(new Uint8Array(buffer_arg));
}


// Phone calls by bidirectional streaming.
var PhoneService = exports.PhoneService = {
  // One call. The client sends one request, and may half-close then: that does not hang up. The server reports how
// the call progresses, counting from when it has read the request:
//
//   1 s  call_state NEW
//   2 s  call_info, then call_state ACTIVE: the peer has answered
//   3 s  call_state ENDED, and the status OK
//
// When the peer does not answer, call_state ENDED follows NEW at 2 s; there is no call_info, and the status is OK as
// well.
//
// To hang up, the client cancels the call. The session of a call is gone with the call, whatever ended it.
//
// INVALID_ARGUMENT: a half-close without a request, an invalid phone number, a second request.
streamCall: {
    path: '/grpc.testing.Phone/StreamCall',
    requestStream: true,
    responseStream: true,
    requestType: phone_pb.StreamCallRequest,
    responseType: phone_pb.StreamCallResponse,
    requestSerialize: serialize_grpc_testing_StreamCallRequest,
    requestDeserialize: deserialize_grpc_testing_StreamCallRequest,
    responseSerialize: serialize_grpc_testing_StreamCallResponse,
    responseDeserialize: deserialize_grpc_testing_StreamCallResponse,
  },
};

exports.PhoneClient = grpc.makeGenericClientConstructor(PhoneService, 'Phone');
