// GENERATED CODE -- DO NOT EDIT!

'use strict';
var grpc = require('@grpc/grpc-js');
var jobs_pb = require('./jobs_pb.js');

function serialize_jobs_JobMessage(arg) {
  if (!(arg instanceof jobs_pb.JobMessage)) {
    throw new Error('Expected argument of type jobs.JobMessage');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_jobs_JobMessage(buffer_arg) {
  return jobs_pb.JobMessage.deserializeBinary(new Uint8Array(buffer_arg));
}


var JobServiceService = exports.JobServiceService = {
  streamJobs: {
    path: '/jobs.JobService/StreamJobs',
    requestStream: true,
    responseStream: true,
    requestType: jobs_pb.JobMessage,
    responseType: jobs_pb.JobMessage,
    requestSerialize: serialize_jobs_JobMessage,
    requestDeserialize: deserialize_jobs_JobMessage,
    responseSerialize: serialize_jobs_JobMessage,
    responseDeserialize: deserialize_jobs_JobMessage,
  },
};

exports.JobServiceClient = grpc.makeGenericClientConstructor(JobServiceService, 'JobService');
