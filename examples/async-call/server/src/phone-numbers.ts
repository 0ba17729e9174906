import { InvalidArgumentError } from 'grpc-program/options';
import { isPhoneNumber } from './call-request.ts';

/** For an option that takes phone numbers. */
export function phoneNumbers(text: string, before: readonly string[] = []): readonly string[] {
  if (isPhoneNumber(text)) return [...before, text];
  throw new InvalidArgumentError('It must be 3 to 15 digits, with or without a + before them.');
}
