// GENERATED CODE -- DO NOT EDIT! Of phone.proto, d99e7eb72bbd8693, by pnpm generate.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.StreamCallRequest = require('./phone_pb.js').StreamCallRequest;
exports.StreamCallResponse = require('./phone_pb.js').StreamCallResponse;
exports.CallInfo = require('./phone_pb.js').CallInfo;
exports.CallState = require('./phone_pb.js').CallState;
exports.PhoneService = require('./phone_grpc_pb.js').PhoneService;
exports.PhoneClient = require('./phone_grpc_pb.js').PhoneClient;
exports.descriptorSet = readFileSync(join(__dirname, 'phone.binpb'));
