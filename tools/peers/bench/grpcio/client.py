import asyncio
from time import perf_counter

import grpc

from message import ChatMessage, Tally, messages, numbered, text_of
from server import SERVICE


class Client:
    """Makes all its calls over one connection."""

    def __init__(self, port):
        channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
        codec = {"request_serializer": ChatMessage.SerializeToString, "response_deserializer": ChatMessage.FromString}
        self._channel = channel
        self._bidi = channel.stream_stream(f"/{SERVICE}/Bidi", **codec)
        self._server_streaming = channel.unary_stream(f"/{SERVICE}/ServerStreaming", **codec)
        self._client_streaming = channel.stream_unary(f"/{SERVICE}/ClientStreaming", **codec)
        self._unary = channel.unary_unary(f"/{SERVICE}/Unary", **codec)

    async def work(self, job):
        """Does a job; fails unless every message arrived, in order and undamaged."""
        streams = job["streams"]
        count = -(-int(job["messages"]) // streams)
        play = {
            "bidi": self.bidi,
            "server-streaming": self.server_streaming,
            "client-streaming": self.client_streaming,
            "ping-pong": self.ping_pong,
            "unary": self.unary,
            "short": self.short,
        }[job["kind"]]
        start = perf_counter()
        times = await asyncio.gather(*(play(count, job["size"]) for _ in range(streams)))
        seconds = perf_counter() - start
        in_order = sorted(time for of_stream in times for time in of_stream or ())

        def quantile(share):
            return in_order[int(len(in_order) * share)] if in_order else 0

        return {"seconds": seconds, "messages": count * streams, "p50": quantile(0.5), "p99": quantile(0.99)}

    async def bidi(self, count, size):
        text = text_of(size)
        await _receive(self._bidi(messages(count, text)), count, text)

    async def server_streaming(self, count, size):
        await _receive(self._server_streaming(numbered(count, str(size))), count, text_of(size))

    async def client_streaming(self, count, size):
        text = text_of(size)
        response = await self._client_streaming(messages(count, text))
        if response != numbered(count, str(count * len(text))):
            raise ValueError(f"the server received {response.name}, {response.message}")

    async def ping_pong(self, count, size):
        call = self._bidi()

        async def exchange(message):
            await call.write(message)
            return await call.read()

        times = await _timed(count, size, exchange)
        await call.done_writing()
        await _ended(call)
        return times

    async def unary(self, count, size):
        return await _timed(count, size, self._unary)

    async def short(self, count, size):
        """Bidi calls of one message each way."""

        async def exchange(message):
            call = self._bidi()
            await call.write(message)
            await call.done_writing()
            response = await call.read()
            await _ended(call)
            return response

        return await _timed(count, size, exchange)


async def _receive(call, count, text):
    tally = Tally()
    async for message in call:
        tally.add(message)
    tally.expect(count, text)


async def _ended(call):
    """Fails unless the call ends here with OK."""
    if await call.read() is not grpc.aio.EOF:
        raise ValueError("there is a message too many")
    if await call.code() is not grpc.StatusCode.OK:
        raise ValueError(await call.details())


async def _timed(count, size, exchange):
    """Sends one message after the other, each after the response to the last one; gives microseconds."""
    text = text_of(size)
    tally = Tally()
    times = []
    for message in messages(count, text):
        start = perf_counter()
        response = await exchange(message)
        times.append((perf_counter() - start) * 1e6)
        tally.add(response)
    tally.expect(count, text)
    return times
