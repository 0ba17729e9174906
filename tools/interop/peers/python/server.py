"""Serves all six examples on a free port: server.py [MODE]

Prints where it listens. HOST, TLS_CERT, TLS_KEY, TLS_CA, TOKEN_FILE and MIN_PING_SECONDS in the environment change it.
Modes: gzip compresses the responses; details ends every chat with an error that has details.
"""
import itertools
import os
import signal
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.wrappers_pb2 import Int64Value, StringValue
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from grpc_status.rpc_status import to_status

import chat_pb2_grpc
import data_hub_pb2
import data_hub_pb2_grpc
import jobs_pb2
import jobs_pb2_grpc
import messages_pb2
import messages_pb2_grpc
import phone_pb2
import phone_pb2_grpc
import streaming_calc_pb2_grpc
from channel import read

MODE = sys.argv[1] if len(sys.argv) > 1 else ""


def log(*words):
    print(*words, flush=True)


def bad_request():
    detail = Any()
    detail.Pack(BadRequest(field_violations=[BadRequest.FieldViolation(field="name", description="too long")]))
    code = grpc.StatusCode.INVALID_ARGUMENT.value[0]
    return to_status(Status(code=code, message="name: zu lang für 🎈", details=[detail]))


class Chat(chat_pb2_grpc.ChatServicer):
    def chat(self, messages, context):
        if MODE == "details":
            context.abort_with_status(bad_request())
        for message in messages:
            yield StringValue(value=f"{message.name}: {message.message}")


class Calc(streaming_calc_pb2_grpc.StreamingCalcServiceServicer):
    def sum(self, values, context):
        return Int64Value(value=sum(value.value for value in values))

    def incrementalSum(self, values, context):
        for total in itertools.accumulate(value.value for value in values):
            yield Int64Value(value=total)


class Phone(phone_pb2_grpc.PhoneServicer):
    sessions = itertools.count()

    def StreamCall(self, requests, context):
        next(requests)
        yield self.state("NEW")
        info = phone_pb2.CallInfo(session_id=str(next(self.sessions)), media="https://link.to.audio.resources")
        yield phone_pb2.StreamCallResponse(call_info=info)
        yield self.state("ACTIVE")
        yield self.state("ENDED")

    @staticmethod
    def state(name):
        return phone_pb2.StreamCallResponse(call_state=phone_pb2.CallState(state=name))


class Egress(data_hub_pb2_grpc.EgressServicer):
    def GetDataPackagesStream(self, request, context):
        over = threading.Event()
        context.add_callback(over.set)
        while not over.is_set():
            yield data_hub_pb2.ResponseGetDataPackageStream(
                IsSuccess=True, trackingGuid=request.trackingGuid, tagName=request.tagName, tagValue="1"
            )
            over.wait(0.2)
        log("subscriber gone")


class Ingest(data_hub_pb2_grpc.IngestServicer):
    def SendDataPackage(self, request, context):
        return self.accepted(request.trackingGuid, len(request.tagValue))

    def SendDataPackagesStream(self, packages, context):
        guids = [package.trackingGuid for package in packages]
        return self.accepted(guids[-1], len(guids))

    @staticmethod
    def accepted(guid, count):
        response = data_hub_pb2.ResponseSendDataPackage(isSuccess=True, trackingGuid=guid, dataPackageCount=count)
        response.timeStamp.GetCurrentTime()
        return response


class Messages(messages_pb2_grpc.MessageServiceServicer):
    def StreamMessages(self, requests, context):
        over = threading.Event()
        context.add_callback(over.set)

        def listen():
            for _ in requests:
                pass
            over.set()

        threading.Thread(target=listen, daemon=True).start()
        while not over.is_set():
            yield messages_pb2.MessageResponse(message="Hello, world!")
            over.wait(0.2)


class Master(jobs_pb2_grpc.JobServiceServicer):
    """Has one text counted by the first worker, in one partition."""

    def StreamJobs(self, messages, context):
        context.send_initial_metadata(())
        text = "To be, or not to be".encode()
        yield jobs_pb2.JobMessage(job=jobs_pb2.Job(id="map-1", attempt=1, map=jobs_pb2.MapJob(text=text, partitions=1)))
        counts = next(messages).job_reply.map.partitions
        yield jobs_pb2.JobMessage(job=jobs_pb2.Job(id="reduce-1", attempt=1, reduce=jobs_pb2.ReduceJob(counts=counts)))
        result = next(messages).job_reply.reduce.counts
        log("counted", dict(sorted(zip(result.words, result.counts))))
        yield jobs_pb2.JobMessage(shutdown=jobs_pb2.Shutdown())
        log("goodbye after", next(messages).shutdown_reply.jobs_done)


class RequireToken(grpc.ServerInterceptor):
    def __init__(self, token):
        self._wanted = ("authorization", f"Bearer {token.decode().strip()}")
        refuse = lambda _, context: context.abort(grpc.StatusCode.UNAUTHENTICATED, "no token")
        self._refusal = grpc.stream_stream_rpc_method_handler(refuse)

    def intercept_service(self, continuation, details):
        return continuation(details) if self._wanted in details.invocation_metadata else self._refusal


def main():
    token, key, cert, ca = map(read, ("TOKEN_FILE", "TLS_KEY", "TLS_CERT", "TLS_CA"))
    options = []
    if "MIN_PING_SECONDS" in os.environ:
        milliseconds = int(os.environ["MIN_PING_SECONDS"]) * 1000
        options.append(("grpc.http2.min_ping_interval_without_data_ms", milliseconds))
    server = grpc.server(
        ThreadPoolExecutor(32),
        options=options,
        interceptors=[RequireToken(token)] if token else [],
        compression=grpc.Compression.Gzip if MODE == "gzip" else None,
    )
    chat_pb2_grpc.add_ChatServicer_to_server(Chat(), server)
    streaming_calc_pb2_grpc.add_StreamingCalcServiceServicer_to_server(Calc(), server)
    phone_pb2_grpc.add_PhoneServicer_to_server(Phone(), server)
    data_hub_pb2_grpc.add_EgressServicer_to_server(Egress(), server)
    data_hub_pb2_grpc.add_IngestServicer_to_server(Ingest(), server)
    messages_pb2_grpc.add_MessageServiceServicer_to_server(Messages(), server)
    jobs_pb2_grpc.add_JobServiceServicer_to_server(Master(), server)

    host = os.environ.get("HOST", "127.0.0.1:0")
    if cert:
        port = server.add_secure_port(host, grpc.ssl_server_credentials([(key, cert)], ca, ca is not None))
    else:
        port = server.add_insecure_port(host)
    server.start()
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    log("listens on", host if host.startswith("unix:") else f"localhost:{port}")
    stopped.wait()
    server.stop(grace=1).wait()


main()
