// GENERATED CODE -- DO NOT EDIT!

'use strict';
var grpc = require('@grpc/grpc-js');
var data_hub_pb = require('./data_hub_pb.js');
var google_protobuf_timestamp_pb = require('google-protobuf/google/protobuf/timestamp_pb.js');

function serialize_MsgBroker_RequestGetDataPackage(arg) {
  if (!(arg instanceof data_hub_pb.RequestGetDataPackage)) {
    throw new Error('Expected argument of type MsgBroker.RequestGetDataPackage');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_MsgBroker_RequestGetDataPackage(buffer_arg) {
  return data_hub_pb.RequestGetDataPackage.deserializeBinary(new Uint8Array(buffer_arg));
}

function serialize_MsgBroker_RequestSendDataPackage(arg) {
  if (!(arg instanceof data_hub_pb.RequestSendDataPackage)) {
    throw new Error('Expected argument of type MsgBroker.RequestSendDataPackage');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_MsgBroker_RequestSendDataPackage(buffer_arg) {
  return data_hub_pb.RequestSendDataPackage.deserializeBinary(new Uint8Array(buffer_arg));
}

function serialize_MsgBroker_RequestSendDataPackageStream(arg) {
  if (!(arg instanceof data_hub_pb.RequestSendDataPackageStream)) {
    throw new Error('Expected argument of type MsgBroker.RequestSendDataPackageStream');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_MsgBroker_RequestSendDataPackageStream(buffer_arg) {
  return data_hub_pb.RequestSendDataPackageStream.deserializeBinary(new Uint8Array(buffer_arg));
}

function serialize_MsgBroker_ResponseGetDataPackageStream(arg) {
  if (!(arg instanceof data_hub_pb.ResponseGetDataPackageStream)) {
    throw new Error('Expected argument of type MsgBroker.ResponseGetDataPackageStream');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_MsgBroker_ResponseGetDataPackageStream(buffer_arg) {
  return data_hub_pb.ResponseGetDataPackageStream.deserializeBinary(new Uint8Array(buffer_arg));
}

function serialize_MsgBroker_ResponseSendDataPackage(arg) {
  if (!(arg instanceof data_hub_pb.ResponseSendDataPackage)) {
    throw new Error('Expected argument of type MsgBroker.ResponseSendDataPackage');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_MsgBroker_ResponseSendDataPackage(buffer_arg) {
  return data_hub_pb.ResponseSendDataPackage.deserializeBinary(new Uint8Array(buffer_arg));
}


var IngestService = exports.IngestService = {
  // Takes in a package for each tag value: all of them, or none if the request is invalid.
sendDataPackage: {
    path: '/MsgBroker.Ingest/SendDataPackage',
    requestStream: false,
    responseStream: false,
    requestType: data_hub_pb.RequestSendDataPackage,
    responseType: data_hub_pb.ResponseSendDataPackage,
    requestSerialize: serialize_MsgBroker_RequestSendDataPackage,
    requestDeserialize: deserialize_MsgBroker_RequestSendDataPackage,
    responseSerialize: serialize_MsgBroker_ResponseSendDataPackage,
    responseDeserialize: deserialize_MsgBroker_ResponseSendDataPackage,
  },
  // Takes in a package with each message, and passes it on as soon as it arrives. The response comes at the half-close
// and counts the packages of this call: it is the acceptance. If a call ends in any other way, nothing of it was
// accepted, though subscribers have received what came before its end; a sender that repeats it sends them those
// packages again.
sendDataPackagesStream: {
    path: '/MsgBroker.Ingest/SendDataPackagesStream',
    requestStream: true,
    responseStream: false,
    requestType: data_hub_pb.RequestSendDataPackageStream,
    responseType: data_hub_pb.ResponseSendDataPackage,
    requestSerialize: serialize_MsgBroker_RequestSendDataPackageStream,
    requestDeserialize: deserialize_MsgBroker_RequestSendDataPackageStream,
    responseSerialize: serialize_MsgBroker_ResponseSendDataPackage,
    responseDeserialize: deserialize_MsgBroker_ResponseSendDataPackage,
  },
};

exports.IngestClient = grpc.makeGenericClientConstructor(IngestService, 'Ingest');
var EgressService = exports.EgressService = {
  // Sends a tick at once and then one a second, whose value is the time, and the packages of the tag as they come in,
// until the caller cancels. The first tick says that the subscription is in place: no package that comes in after it
// is left out.
//
// Each message says its position. A subscriber that sends the last one that it has read as `after` gets every package
// accepted since then, in order, and goes on; also after a broken connection, and at another server if they share a
// log. If the hub does not know the position, or no longer has a package that came next, the call ends with
// OUT_OF_RANGE.
//
// The hub keeps up to 100 messages, or 4 MiB of them, for a subscriber that reads slowly. Beyond that, ticks are left
// out, and the ingest of the tag waits up to a second for the subscriber to catch up. If it does not, the hub gives it
// up: the subscriber gets the messages kept, then one with IsSuccess false and the reason in LastError, then OK.
// Packages from then on are not sent to it; it may subscribe again. (An error status would cost some clients what they
// have not read.) For one that reads what it has missed nobody waits; it is given up when the hub drops that.
getDataPackagesStream: {
    path: '/MsgBroker.Egress/GetDataPackagesStream',
    requestStream: false,
    responseStream: true,
    requestType: data_hub_pb.RequestGetDataPackage,
    responseType: data_hub_pb.ResponseGetDataPackageStream,
    requestSerialize: serialize_MsgBroker_RequestGetDataPackage,
    requestDeserialize: deserialize_MsgBroker_RequestGetDataPackage,
    responseSerialize: serialize_MsgBroker_ResponseGetDataPackageStream,
    responseDeserialize: deserialize_MsgBroker_ResponseGetDataPackageStream,
  },
};

exports.EgressClient = grpc.makeGenericClientConstructor(EgressService, 'Egress');
