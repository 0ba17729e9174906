const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.RequestSendDataPackage = require('./gen/data_hub_pb.js').RequestSendDataPackage;
exports.RequestSendDataPackageStream = require('./gen/data_hub_pb.js').RequestSendDataPackageStream;
exports.ResponseSendDataPackage = require('./gen/data_hub_pb.js').ResponseSendDataPackage;
exports.RequestGetDataPackage = require('./gen/data_hub_pb.js').RequestGetDataPackage;
exports.ResponseGetDataPackageStream = require('./gen/data_hub_pb.js').ResponseGetDataPackageStream;
exports.Timestamp = require('google-protobuf/google/protobuf/timestamp_pb.js').Timestamp;
exports.IngestService = require('./gen/data_hub_grpc_pb.js').IngestService;
exports.IngestClient = require('./gen/data_hub_grpc_pb.js').IngestClient;
exports.EgressService = require('./gen/data_hub_grpc_pb.js').EgressService;
exports.EgressClient = require('./gen/data_hub_grpc_pb.js').EgressClient;
exports.dotNetTicks = require('./dot-net-ticks.js').dotNetTicks;
exports.descriptorSet = readFileSync(join(__dirname, 'gen/data_hub.binpb'));
