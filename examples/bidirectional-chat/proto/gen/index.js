// GENERATED CODE -- DO NOT EDIT! Of chat.proto, 0323f89897a41281, by pnpm generate.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.StringValue = require('google-protobuf/google/protobuf/wrappers_pb.js').StringValue;
exports.ChatMessage = require('./chat_pb.js').ChatMessage;
exports.ChatService = require('./chat_grpc_pb.js').ChatService;
exports.ChatClient = require('./chat_grpc_pb.js').ChatClient;
exports.descriptorSet = readFileSync(join(__dirname, 'chat.binpb'));
