// GENERATED CODE -- DO NOT EDIT!

'use strict';
var grpc = require('@grpc/grpc-js');
var notes_pb = require('./notes_pb.js');

function serialize_notes_Note(arg) {
  if (!(arg instanceof notes_pb.Note)) {
    throw new Error('Expected argument of type notes.Note');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_notes_Note(buffer_arg) {
  return notes_pb.Note.deserializeBinary(new Uint8Array(buffer_arg));
}


// Yours from here on: say what each side may send, and what the other does about it.
var NotesService = exports.NotesService = {
  // The server gives back each note, in capitals, as soon as it arrives. When the client half-closes, the call ends
// with OK.
exchange: {
    path: '/notes.Notes/exchange',
    requestStream: true,
    responseStream: true,
    requestType: notes_pb.Note,
    responseType: notes_pb.Note,
    requestSerialize: serialize_notes_Note,
    requestDeserialize: deserialize_notes_Note,
    responseSerialize: serialize_notes_Note,
    responseDeserialize: deserialize_notes_Note,
  },
};

exports.NotesClient = grpc.makeGenericClientConstructor(NotesService, 'Notes');
