// GENERATED CODE -- DO NOT EDIT!

'use strict';
var grpc = require('@grpc/grpc-js');
var chat_pb = require('./chat_pb.js');
var google_protobuf_wrappers_pb = require('google-protobuf/google/protobuf/wrappers_pb.js');

function serialize_ChatMessage(arg) {
  if (!(arg instanceof chat_pb.ChatMessage)) {
    throw new Error('Expected argument of type ChatMessage');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_ChatMessage(buffer_arg) {
  return chat_pb.ChatMessage.deserializeBinary(new Uint8Array(buffer_arg));
}

function serialize_google_protobuf_StringValue(arg) {
  if (!(arg instanceof google_protobuf_wrappers_pb.StringValue)) {
    throw new Error('Expected argument of type google.protobuf.StringValue');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_google_protobuf_StringValue(buffer_arg) {
  return google_protobuf_wrappers_pb.StringValue.deserializeBinary(new Uint8Array(buffer_arg));
}


// A chat by bidirectional streaming. There is no package, so the path of the RPC is /Chat/chat.
var ChatService = exports.ChatService = {
  // The server answers each message with "<name>: <message>", as soon as it arrives and in order. When the caller
// half-closes, the server ends the call with OK. Callers know nothing of each other.
//
// A server started as a chat room sends every message to every caller instead.
chat: {
    path: '/Chat/chat',
    requestStream: true,
    responseStream: true,
    requestType: chat_pb.ChatMessage,
    responseType: google_protobuf_wrappers_pb.StringValue,
    requestSerialize: serialize_ChatMessage,
    requestDeserialize: deserialize_ChatMessage,
    responseSerialize: serialize_google_protobuf_StringValue,
    responseDeserialize: deserialize_google_protobuf_StringValue,
  },
};

exports.ChatClient = grpc.makeGenericClientConstructor(ChatService, 'Chat');
