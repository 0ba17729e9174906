const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.JobMessage = require('./gen/jobs_pb.js').JobMessage;
exports.Job = require('./gen/jobs_pb.js').Job;
exports.MapJob = require('./gen/jobs_pb.js').MapJob;
exports.ReduceJob = require('./gen/jobs_pb.js').ReduceJob;
exports.JobReply = require('./gen/jobs_pb.js').JobReply;
exports.MapResult = require('./gen/jobs_pb.js').MapResult;
exports.ReduceResult = require('./gen/jobs_pb.js').ReduceResult;
exports.WordCounts = require('./gen/jobs_pb.js').WordCounts;
exports.Shutdown = require('./gen/jobs_pb.js').Shutdown;
exports.ShutdownReply = require('./gen/jobs_pb.js').ShutdownReply;
exports.JobServiceService = require('./gen/jobs_grpc_pb.js').JobServiceService;
exports.JobServiceClient = require('./gen/jobs_grpc_pb.js').JobServiceClient;
exports.descriptorSet = readFileSync(join(__dirname, 'gen/jobs.binpb'));
