import assert from 'node:assert/strict';
import {
  type ChannelOptions,
  type Client,
  compressionAlgorithms,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { bidiCall, clientStreamingCall, serverStreamingCall, unaryCall } from 'grpc-streams';
import {
  ECHO_INITIAL,
  ECHO_TRAILING,
  type InputResponse,
  type OutputResponse,
  testService,
  unimplementedService,
} from './contract.ts';

/** Gives a client with a connection of its own. */
export type Connect = (options?: ChannelOptions) => Client;

const REQUESTS = [27_182, 8, 1_828, 45_904];
const RESPONSES = [31_415, 9, 2_653, 58_979];
const LARGE = { responseSize: 314_159, payload: { body: Buffer.alloc(271_828) } };
const GZIP = { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip };
const body = (size: number) => ({ body: Buffer.alloc(size) });
const sizes = (responses: readonly OutputResponse[]) => responses.map(({ payload }) => payload?.body.length ?? 0);

function method<Response>(name: keyof typeof testService, service = testService) {
  const { path, requestSerialize, responseDeserialize } = service[name] ?? {};
  if (!path || !requestSerialize || !responseDeserialize) throw new Error(`no method ${name}`);
  return [path, requestSerialize, responseDeserialize as (bytes: Buffer) => Response] as const;
}

const unaryOf = (client: Client, name: string, request: object, service = testService) =>
  unaryCall<OutputResponse>((callback) =>
    client.makeUnaryRequest(...method<OutputResponse>(name, service), request, callback),
  );
const inputOf = (client: Client, options = {}) =>
  clientStreamingCall<object, InputResponse>(
    (callback) => client.makeClientStreamRequest(...method<InputResponse>('streamingInputCall'), callback),
    options,
  );
const outputOf = (client: Client, request: object) =>
  serverStreamingCall<OutputResponse>(
    client.makeServerStreamRequest(...method<OutputResponse>('streamingOutputCall'), request),
  );
const duplexOf = (
  client: Client,
  { signal, ...options }: { signal?: AbortSignal; deadline?: number } = {},
  metadata = new Metadata(),
) =>
  bidiCall<object, OutputResponse>(
    client.makeBidiStreamRequest(...method<OutputResponse>('fullDuplexCall'), metadata, options),
    { signal },
  );

async function all<Message>(messages: AsyncIterable<Message>): Promise<Message[]> {
  const list: Message[] = [];
  for await (const message of messages) list.push(message);
  return list;
}

async function fails(promise: Promise<unknown>, code: status, details?: string): Promise<void> {
  await assert.rejects(promise, (error: ServiceError) => {
    assert.equal(error.code, code, `${error}`);
    if (details !== undefined) assert.equal(error.details, details);
    return true;
  });
}

/** The cases of https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md that need no cloud. */
export const CASES: Record<string, (connect: Connect) => Promise<void>> = {
  async empty_unary(connect) {
    await unaryOf(connect(), 'emptyCall', {});
  },
  async large_unary(connect) {
    assert.deepEqual(sizes([await unaryOf(connect(), 'unaryCall', LARGE)]), [314_159]);
  },
  async client_streaming(connect) {
    const upload = inputOf(connect());
    await upload.sendAll(REQUESTS.map((size) => ({ payload: body(size) })));
    assert.equal((await upload.response).aggregatedPayloadSize, 74_922);
  },
  async server_streaming(connect) {
    const { responses } = outputOf(connect(), { responseParameters: RESPONSES.map((size) => ({ size })) });
    assert.deepEqual(sizes(await all(responses)), RESPONSES);
  },
  async ping_pong(connect) {
    const call = duplexOf(connect());
    const responses = call.responses[Symbol.asyncIterator]();
    for (const [index, size] of RESPONSES.entries()) {
      assert(await call.send({ responseParameters: [{ size }], payload: body(REQUESTS[index] ?? 0) }));
      assert.deepEqual(sizes([(await responses.next()).value]), [size]);
    }
    call.halfClose();
    assert((await responses.next()).done);
    assert.equal((await call.status).code, status.OK);
  },
  async empty_stream(connect) {
    const call = duplexOf(connect());
    call.halfClose();
    assert.deepEqual(await all(call.responses), []);
    assert.equal((await call.status).code, status.OK);
  },
  async timeout_on_sleeping_server(connect) {
    const call = duplexOf(connect(), { deadline: Date.now() + 1 });
    await call.send({ responseParameters: [{ size: 31_415, intervalUs: 20_000 }], payload: body(27_182) });
    await fails(all(call.responses), status.DEADLINE_EXCEEDED);
  },
  async cancel_after_begin(connect) {
    const stop = new AbortController();
    const upload = inputOf(connect(), stop);
    stop.abort();
    await fails(upload.response, status.CANCELLED);
  },
  async cancel_after_first_response(connect) {
    const stop = new AbortController();
    const call = duplexOf(connect(), stop);
    await call.send({ responseParameters: [{ size: 31_415 }], payload: body(27_182) });
    const responses = call.responses[Symbol.asyncIterator]();
    assert.deepEqual(sizes([(await responses.next()).value]), [31_415]);
    stop.abort();
    await fails(responses.next(), status.CANCELLED);
  },
  async status_code_and_message(connect) {
    const responseStatus = { code: 2, message: 'test status message' };
    const client = connect();
    await fails(unaryOf(client, 'unaryCall', { responseStatus }), 2, responseStatus.message);
    const call = duplexOf(client);
    await call.send({ responseStatus });
    call.halfClose();
    await fails(all(call.responses), 2, responseStatus.message);
  },
  async special_status_message(connect) {
    const message = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';
    await fails(unaryOf(connect(), 'unaryCall', { responseStatus: { code: 2, message } }), 2, message);
  },
  async custom_metadata(connect) {
    const metadata = new Metadata();
    metadata.set(ECHO_INITIAL, 'test_initial_metadata_value');
    metadata.set(ECHO_TRAILING, Buffer.from('0a0b0a0b0a0b', 'hex'));
    const call = duplexOf(connect(), {}, metadata);
    await call.sendAll([{ responseParameters: [{ size: 1 }], payload: body(1) }]);
    assert.equal((await all(call.responses)).length, 1);
    assert.deepEqual((await call.headers).get(ECHO_INITIAL), ['test_initial_metadata_value']);
    assert.deepEqual((await call.status).metadata.get(ECHO_TRAILING), [Buffer.from('0a0b0a0b0a0b', 'hex')]);
  },
  async unimplemented_method(connect) {
    await fails(unaryOf(connect(), 'unimplementedCall', {}), status.UNIMPLEMENTED);
  },
  async unimplemented_service(connect) {
    await fails(unaryOf(connect(), 'unimplementedCall', {}, unimplementedService), status.UNIMPLEMENTED);
  },
  async client_compressed_unary(connect) {
    const request = { ...LARGE, expectCompressed: { value: true } };
    assert.deepEqual(sizes([await unaryOf(connect(GZIP), 'unaryCall', request)]), [314_159]);
  },
  async client_compressed_streaming(connect) {
    const upload = inputOf(connect(GZIP));
    await upload.sendAll([{ expectCompressed: { value: true }, payload: body(27_182) }, { payload: body(45_904) }]);
    assert.equal((await upload.response).aggregatedPayloadSize, 73_086);
  },
  async server_compressed_unary(connect) {
    const client = connect();
    for (const value of [true, false]) {
      const request = { ...LARGE, responseCompressed: { value } };
      assert.deepEqual(sizes([await unaryOf(client, 'unaryCall', request)]), [314_159]);
    }
  },
  async server_compressed_streaming(connect) {
    const responseParameters = [
      { compressed: { value: true }, size: 31_415 },
      { compressed: { value: false }, size: 92_653 },
    ];
    assert.deepEqual(sizes(await all(outputOf(connect(), { responseParameters }).responses)), [31_415, 92_653]);
  },
  async rpc_soak(connect) {
    const client = connect();
    for (let n = 0; n < 100; n++) assert.deepEqual(sizes([await unaryOf(client, 'unaryCall', LARGE)]), [314_159]);
  },
  async channel_soak(connect) {
    for (let n = 0; n < 50; n++) assert.deepEqual(sizes([await unaryOf(connect(), 'unaryCall', LARGE)]), [314_159]);
  },
};
