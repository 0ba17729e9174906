export { type INotesServer, NotesClient, NotesService } from './gen/notes_grpc_pb';
export { Note } from './gen/notes_pb';

/** The descriptors of the .proto file and of what it imports, for the reflection service. */
export const descriptorSet: Buffer;
