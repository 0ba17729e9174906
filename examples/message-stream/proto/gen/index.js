// GENERATED CODE -- DO NOT EDIT! Of messages.proto, b8abdc9b87396e44, by pnpm generate.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.MessageRequest = require('./messages_pb.js').MessageRequest;
exports.MessageResponse = require('./messages_pb.js').MessageResponse;
exports.MessageServiceService = require('./messages_grpc_pb.js').MessageServiceService;
exports.MessageServiceClient = require('./messages_grpc_pb.js').MessageServiceClient;
exports.descriptorSet = readFileSync(join(__dirname, 'messages.binpb'));
