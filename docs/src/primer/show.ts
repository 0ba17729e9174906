import { StreamCallResponse } from 'call-proto';
import { ChatMessage, StringValue } from 'chat-proto';
import { RequestSendDataPackage } from 'datahub-proto';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').replaceAll(/../g, '$& ').trimEnd();

/** What the page says of messages, field by field. */
export function show(print: (line: string) => void): void {
  // #region bytes
  const message = new ChatMessage().setName('Sam').setMessage('Hi');
  print(hex(message.serializeBinary()));
  // #endregion

  // #region wrapper
  const response = new StringValue().setValue('Sam: Hi');
  print(response.getValue());
  // #endregion

  // #region names
  const request = new RequestSendDataPackage() // fields: tagName, tagValue, trackingGuid
    .setTagname('SomeTagName')
    .setTagvalueList(['A01', 'A02']) // `repeated string tagValue`
    .setTrackingguid('3f2c8a1e-5b07-4c9d-9a64-d1e0b7f5c283');
  print(`${request.getTagname()} ${request.getTagvalueList()} ${request.getTelemetryguid() === ''}`);
  // #endregion
}

/** Says which of its two messages a response holds. */
export function told(bytes: Uint8Array): string {
  // #region oneof
  const response = StreamCallResponse.deserializeBinary(bytes);
  switch (response.getStreamCallResponseCase()) {
    case StreamCallResponse.StreamCallResponseCase.CALL_INFO:
      return `audio at ${response.getCallInfo()?.getMedia()}`;
    case StreamCallResponse.StreamCallResponseCase.CALL_STATE:
      return `state ${response.getCallState()?.getState()}`;
    default:
      return 'neither';
  }
  // #endregion
}
