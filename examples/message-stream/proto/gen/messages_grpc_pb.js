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


var MessageServiceService = exports.MessageServiceService = {
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
