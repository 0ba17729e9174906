const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.MessageRequest = require('./gen/messages_pb.js').MessageRequest;
exports.MessageResponse = require('./gen/messages_pb.js').MessageResponse;
exports.MessageServiceService = require('./gen/messages_grpc_pb.js').MessageServiceService;
exports.MessageServiceClient = require('./gen/messages_grpc_pb.js').MessageServiceClient;
exports.descriptorSet = readFileSync(join(__dirname, 'gen/messages.binpb'));
