import sys
import threading

import grpc
from messages_pb2 import MessageRequest
from messages_pb2_grpc import MessageServiceStub

enough = threading.Event()


def requests():
    while not enough.is_set():
        yield MessageRequest(name="Hello, world!")
        enough.wait(1)


with grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "localhost:50051") as channel:
    responses = MessageServiceStub(channel).StreamMessages(requests())
    for _ in range(3):
        print("Received message:", next(responses).message)
    enough.set()  # half-closes: the server ends the stream
    for _ in responses:
        pass
