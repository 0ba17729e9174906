// GENERATED CODE -- DO NOT EDIT! Of data_hub.proto, 070d09be8b6af02f, by pnpm generate.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.Timestamp = require('google-protobuf/google/protobuf/timestamp_pb.js').Timestamp;
exports.RequestSendDataPackage = require('./data_hub_pb.js').RequestSendDataPackage;
exports.RequestSendDataPackageStream = require('./data_hub_pb.js').RequestSendDataPackageStream;
exports.ResponseSendDataPackage = require('./data_hub_pb.js').ResponseSendDataPackage;
exports.RequestGetDataPackage = require('./data_hub_pb.js').RequestGetDataPackage;
exports.ResponseGetDataPackageStream = require('./data_hub_pb.js').ResponseGetDataPackageStream;
exports.IngestService = require('./data_hub_grpc_pb.js').IngestService;
exports.IngestClient = require('./data_hub_grpc_pb.js').IngestClient;
exports.EgressService = require('./data_hub_grpc_pb.js').EgressService;
exports.EgressClient = require('./data_hub_grpc_pb.js').EgressClient;
exports.descriptorSet = readFileSync(join(__dirname, 'data_hub.binpb'));
