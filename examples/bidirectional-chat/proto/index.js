const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.ChatMessage = require('./gen/chat_pb.js').ChatMessage;
exports.StringValue = require('google-protobuf/google/protobuf/wrappers_pb.js').StringValue;
exports.ChatService = require('./gen/chat_grpc_pb.js').ChatService;
exports.ChatClient = require('./gen/chat_grpc_pb.js').ChatClient;
exports.descriptorSet = readFileSync(join(__dirname, 'gen/chat.binpb'));
