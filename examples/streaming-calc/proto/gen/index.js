// GENERATED CODE -- DO NOT EDIT! Of streaming_calc.proto, 35ad549eb322d145, by pnpm generate.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.Int64Value = require('google-protobuf/google/protobuf/wrappers_pb.js').Int64Value;
exports.StreamingCalcServiceService = require('./streaming_calc_grpc_pb.js').StreamingCalcServiceService;
exports.StreamingCalcServiceClient = require('./streaming_calc_grpc_pb.js').StreamingCalcServiceClient;
exports.descriptorSet = readFileSync(join(__dirname, 'streaming_calc.binpb'));
