import sys

import grpc
from phone_pb2 import CallState, StreamCallRequest
from phone_pb2_grpc import PhoneStub

with grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "localhost:8981") as channel:
    for response in PhoneStub(channel).StreamCall(iter([StreamCallRequest(phone_number="94771234567")])):
        if response.HasField("call_info"):
            print("audio at", response.call_info.media)
        else:
            print(CallState.State.Name(response.call_state.state))
