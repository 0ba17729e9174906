const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.CallInfo = require('./gen/phone_pb.js').CallInfo;
exports.CallState = require('./gen/phone_pb.js').CallState;
exports.StreamCallRequest = require('./gen/phone_pb.js').StreamCallRequest;
exports.StreamCallResponse = require('./gen/phone_pb.js').StreamCallResponse;
exports.PhoneService = require('./gen/phone_grpc_pb.js').PhoneService;
exports.PhoneClient = require('./gen/phone_grpc_pb.js').PhoneClient;
exports.descriptorSet = readFileSync(join(__dirname, 'gen/phone.binpb'));
