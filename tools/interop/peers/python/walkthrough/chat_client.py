import sys

import grpc
from chat_pb2 import ChatMessage
from chat_pb2_grpc import ChatStub

messages = [ChatMessage(name="Sam", message="Hi"), ChatMessage(name="Ann", message="Hey")]

with grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "localhost:9090") as channel:
    for reply in ChatStub(channel).chat(iter(messages)):
        print(reply.value)
