// GENERATED CODE -- DO NOT EDIT!

'use strict';
var grpc = require('@grpc/grpc-js');
var messages_pb = require('./messages_pb.js');

function serialize_messages_MessageRequest(arg) {
  if (!(arg instanceof messages_pb.MessageRequest)) {
    throw new Error('Expected argument of type messages.MessageRequest');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_messages_MessageRequest(buffer_arg) {
  return messages_pb.MessageRequest.deserializeBinary(new Uint8Array(buffer_arg));
}

function serialize_messages_MessageResponse(arg) {
  if (!(arg instanceof messages_pb.MessageResponse)) {
    throw new Error('Expected argument of type messages.MessageResponse');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_messages_MessageResponse(buffer_arg) {
  return messages_pb.MessageResponse.deserializeBinary(new Uint8Array(buffer_arg));
}


// Two streams that have nothing to do with each other but the call they share.
var MessageServiceService = exports.MessageServiceService = {
  // Both sides send a message at once and then every second, for as long as the call lasts; neither answers the other.
// The response headers do not wait for the first message. When the client half-closes, the server stops sending and
// ends the call with OK.
streamMessages: {
    path: '/messages.MessageService/StreamMessages',
    requestStream: true,
    responseStream: true,
    requestType: messages_pb.MessageRequest,
    responseType: messages_pb.MessageResponse,
    requestSerialize: serialize_messages_MessageRequest,
    requestDeserialize: deserialize_messages_MessageRequest,
    responseSerialize: serialize_messages_MessageResponse,
    responseDeserialize: deserialize_messages_MessageResponse,
  },
};

exports.MessageServiceClient = grpc.makeGenericClientConstructor(MessageServiceService, 'MessageService');
