import { isPhoneNumber } from './call-request.ts';

/** For an option that takes phone numbers. */
export function phoneNumbers(text: string, before: readonly string[] = []): readonly string[] {
  if (isPhoneNumber(text)) return [...before, text];
  // Commander's own error has this code, by which it knows what to add: the option, its argument, the usage.
  throw Object.assign(new Error('It must be 3 to 15 digits, with or without a + before them.'), {
    code: 'commander.invalidArgument',
  });
}
