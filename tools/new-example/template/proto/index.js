const { readFileSync } = require('node:fs');
const { join } = require('node:path');
require('protobuf-strings');

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.Note = require('./gen/notes_pb.js').Note;
exports.NotesService = require('./gen/notes_grpc_pb.js').NotesService;
exports.NotesClient = require('./gen/notes_grpc_pb.js').NotesClient;
exports.descriptorSet = readFileSync(join(__dirname, 'gen/notes.binpb'));
