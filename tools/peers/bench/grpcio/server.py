import grpc

from message import ChatMessage, Tally, messages, number_of, text_of

SERVICE = "bench.Bench"


async def _bidi(requests, _context):
    async for message in requests:
        yield message


async def _server_streaming(order, _context):
    for message in messages(number_of(order), text_of(int(order.message))):
        yield message


async def _client_streaming(requests, _context):
    tally = Tally()
    async for message in requests:
        tally.add(message)
    return tally.to_message()


async def _unary(request, _context):
    return request


async def listen():
    """Starts the server on a free port, and gives it and the port."""
    codec = {"request_deserializer": ChatMessage.FromString, "response_serializer": ChatMessage.SerializeToString}
    handlers = {
        "Bidi": grpc.stream_stream_rpc_method_handler(_bidi, **codec),
        "ServerStreaming": grpc.unary_stream_rpc_method_handler(_server_streaming, **codec),
        "ClientStreaming": grpc.stream_unary_rpc_method_handler(_client_streaming, **codec),
        "Unary": grpc.unary_unary_rpc_method_handler(_unary, **codec),
    }
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port
