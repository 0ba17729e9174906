import sys
from uuid import uuid4

import grpc
from data_hub_pb2 import RequestGetDataPackage, RequestSendDataPackage
from data_hub_pb2_grpc import EgressStub, IngestStub

guid = str(uuid4())

with grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "localhost:5001") as channel:
    subscription = EgressStub(channel).GetDataPackagesStream(RequestGetDataPackage(tagName="A", trackingGuid=str(uuid4())))
    next(subscription)  # the first tick: the subscription is in place

    request = RequestSendDataPackage(telemetryGuid=guid, trackingGuid=guid, tagName="A", tagValue=["A01", "A02"])
    print(IngestStub(channel).SendDataPackage(request).dataPackageCount, "accepted")

    for package in subscription:
        if package.trackingGuid == guid:  # no tick
            print("received", package.tagValue)
        if package.tagValue == "A02":
            subscription.cancel()
            break
