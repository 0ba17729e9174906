import { status } from '@grpc/grpc-js';
import { statusError } from 'grpc-streams';

const D = '[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}';
/** In the forms that .NET prints: D, with hyphens; B and P, that in braces or parentheses; N, the digits alone. */
const GUID = new RegExp(`^(${D}|\\{${D}\\}|\\(${D}\\)|[\\da-f]{32})$`, 'i');

/** A subscription keeps its tag as long as it lasts. */
const LONGEST_TAG = 1_024;

/**
 * Checks the fields that a request must have: a tag, and GUIDs by the name of their field.
 *
 * @throws the status INVALID_ARGUMENT; its details name the field
 */
export function checkRequest(tagName: string, guids: Record<string, string>): void {
  if (tagName === '') throw invalid('tagName must not be empty');
  if (tagName.length > LONGEST_TAG) throw invalid('tagName must not be longer than 1,024 characters');
  for (const [field, guid] of Object.entries(guids)) {
    // The value is not repeated: details travel in a header, and a wrong value may be of any length.
    if (!GUID.test(guid)) throw invalid(`${field} must be a GUID, such as 3f2c8a1e-5b07-4c9d-9a64-d1e0b7f5c283`);
  }
}

const invalid = (details: string) => statusError(status.INVALID_ARGUMENT, details);
