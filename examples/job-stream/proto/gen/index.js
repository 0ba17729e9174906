// GENERATED CODE -- DO NOT EDIT! Of jobs.proto, 0f315a7f943a961e, by pnpm generate.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.JobMessage = require('./jobs_pb.js').JobMessage;
exports.Job = require('./jobs_pb.js').Job;
exports.MapJob = require('./jobs_pb.js').MapJob;
exports.ReduceJob = require('./jobs_pb.js').ReduceJob;
exports.JobReply = require('./jobs_pb.js').JobReply;
exports.MapResult = require('./jobs_pb.js').MapResult;
exports.ReduceResult = require('./jobs_pb.js').ReduceResult;
exports.WordCounts = require('./jobs_pb.js').WordCounts;
exports.Shutdown = require('./jobs_pb.js').Shutdown;
exports.ShutdownReply = require('./jobs_pb.js').ShutdownReply;
exports.JobServiceService = require('./jobs_grpc_pb.js').JobServiceService;
exports.JobServiceClient = require('./jobs_grpc_pb.js').JobServiceClient;
exports.descriptorSet = readFileSync(join(__dirname, 'jobs.binpb'));
