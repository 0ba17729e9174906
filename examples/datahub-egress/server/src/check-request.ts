import { status } from '@grpc/grpc-js';
import { statusError } from 'grpc-streams';

const GUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/**
 * Checks the fields that a request must have: a tag, and GUIDs by the name of their field.
 *
 * @throws the status INVALID_ARGUMENT; its details name the field
 */
export function checkRequest(tagName: string, guids: Record<string, string>): void {
  if (tagName === '') throw invalid('tagName must not be empty');
  for (const [field, guid] of Object.entries(guids)) {
    // The value is not repeated: details travel in a header, and a wrong value may be of any length.
    if (!GUID.test(guid)) throw invalid(`${field} must be a GUID: 8-4-4-4-12 hexadecimal digits`);
  }
}

const invalid = (details: string) => statusError(status.INVALID_ARGUMENT, details);
