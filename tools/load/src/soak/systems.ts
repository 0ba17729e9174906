import type { MethodDefinition } from '@grpc/grpc-js';
import { StreamingCalcServiceService } from 'calc-proto';
import { PhoneService, StreamCallRequest } from 'call-proto';
import { ChatMessage, ChatService } from 'chat-proto';
import {
  EgressService,
  IngestService,
  RequestGetDataPackage,
  RequestSendDataPackage,
  RequestSendDataPackageStream,
} from 'datahub-proto';
import { JobServiceService } from 'job-proto';
import { MessageRequest, MessageServiceService } from 'message-proto';

/** A method, and what a caller sends. */
export interface Method {
  readonly definition: MethodDefinition<unknown, unknown>;
  /** One for a method that takes one; all of them on a stream. */
  readonly requests: readonly unknown[];
}

/** A server that is soaked. */
export interface System {
  /** The folder of its example. */
  readonly folder: string;
  /** Arguments of its own; OUTPUT is a file that is dropped afterwards. */
  readonly args: readonly string[];
  readonly methods: readonly Method[];
}

export const OUTPUT = 'OUTPUT';

const GUID = '11111111-2222-3333-4444-555555555555';

function method<Request, Response>(definition: MethodDefinition<Request, Response>, ...requests: Request[]): Method {
  return { definition: definition as unknown as MethodDefinition<unknown, unknown>, requests };
}

const chat = method(
  ChatService.chat,
  ...['Hi', 'x'.repeat(1_000), 'Bye'].map((text) => new ChatMessage().setName('Ann').setMessage(text)),
);

export const systems: Readonly<Record<string, System>> = {
  chat: { folder: 'bidirectional-chat', args: [], methods: [chat] },
  room: { folder: 'bidirectional-chat', args: ['--room'], methods: [chat] },
  calc: {
    folder: 'streaming-calc',
    args: [],
    methods: [
      method(StreamingCalcServiceService.sum, 1n, 2n, 3n),
      method(StreamingCalcServiceService.incrementalSum, 1n, 2n, 3n),
    ],
  },
  call: {
    folder: 'async-call',
    args: [],
    methods: [method(PhoneService.streamCall, new StreamCallRequest().setPhoneNumber('12345'))],
  },
  datahub: {
    folder: 'datahub-egress',
    args: [],
    methods: [
      method(
        IngestService.sendDataPackage,
        new RequestSendDataPackage()
          .setTelemetryguid(GUID)
          .setTrackingguid(GUID)
          .setTagname('Soak')
          .setTagvalueList(['A01', 'A02']),
      ),
      method(
        IngestService.sendDataPackagesStream,
        ...['A03', 'A04'].map((value) =>
          new RequestSendDataPackageStream()
            .setTelemetryguid(GUID)
            .setTrackingguid(GUID)
            .setTagname('Soak')
            .setTagvalue(value),
        ),
      ),
      method(EgressService.getDataPackagesStream, new RequestGetDataPackage().setTagname('Soak').setTrackingguid(GUID)),
    ],
  },
  message: {
    folder: 'message-stream',
    args: [],
    methods: [method(MessageServiceService.streamMessages, new MessageRequest().setName('Ann'))],
  },
  // Its callers take jobs and never send a result, so that there is always one to take.
  jobs: { folder: 'job-stream', args: ['--output', OUTPUT], methods: [method(JobServiceService.streamJobs)] },
};
