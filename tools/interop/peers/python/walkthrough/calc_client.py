import sys

import grpc
from google.protobuf.wrappers_pb2 import Int64Value
from streaming_calc_pb2_grpc import StreamingCalcServiceStub

with grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "localhost:9091") as channel:
    calc = StreamingCalcServiceStub(channel)
    print(calc.sum(Int64Value(value=value) for value in [2**63 - 2, 1]).value)
    for total in calc.incrementalSum(Int64Value(value=value) for value in range(1, 5)):
        print(total.value)
