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


// MapReduce over one stream per worker. The worker opens the stream, so only the master listens.
var JobServiceService = exports.JobServiceService = {
  // A session. Opening it registers the worker; it is idle until the first job comes.
//
// The master sends `job`, one at a time, and at the end `shutdown`. The worker answers each `job` with `job_reply`,
// and `shutdown` with `shutdown_reply`, upon which the master ends the stream with OK. A worker that wants to leave
// answers the job in its hands, then half-closes.
//
// A worker that sends anything else, an empty message, or a reply to a job that it was not given on this stream, gets
// INVALID_ARGUMENT. The reply to a job that another worker has done meanwhile, and a second reply to the same job, are
// harmless.
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
