"""Calls a server of an example: client.py ADDRESS EXAMPLE CASE...

Prints a line for each case: its name, a tab, the messages that came, and the status.
"""
import sys
import threading
import time
from queue import SimpleQueue

import grpc
from google.protobuf.wrappers_pb2 import Int64Value

import chat_pb2
import chat_pb2_grpc
import data_hub_pb2
import data_hub_pb2_grpc
import messages_pb2
import messages_pb2_grpc
import phone_pb2
import phone_pb2_grpc
import streaming_calc_pb2_grpc
from channel import open_channel

GZIP = grpc.Compression.Gzip
GUID = "6f2f5c2e-31aa-4a0f-93e1-0b2f5b1f9c11"
SUBSCRIBER = "00000000-0000-0000-0000-000000000001"
# Pings that grpc-js takes, and that a server of grpcio would not.
PINGS = (
    ("grpc.keepalive_time_ms", 1000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
)


def outcome(call, text, heard=None):
    """What came of a call: the messages, and the status."""
    messages = []
    try:
        for message in call:
            messages.append(text(message))
            if heard:
                heard(messages, call)
    except grpc.RpcError:
        pass  # the status tells
    return f"{' | '.join(messages)} -> {status(call)}"


def outcome_of_one(make_call, text):
    """What came of a call that has one response."""
    try:
        response, call = make_call()
        return f"{text(response)} -> {status(call)}"
    except grpc.RpcError as error:
        return f" -> {status(error)}"


def status(call):
    return call.code().name if call.code() is grpc.StatusCode.OK else f"{call.code().name}: {call.details()}"


class Input:
    """Messages that are sent as they are put in; None half-closes."""

    def __init__(self, *first):
        self._queue = SimpleQueue()
        self.put(*first)

    def put(self, *messages):
        for message in messages:
            self._queue.put(message)

    def __iter__(self):
        return self

    def __next__(self):
        message = self._queue.get()
        if message is None:
            raise StopIteration
        return message


def chat(address):
    channel = open_channel(address)
    stub = chat_pb2_grpc.ChatStub(channel)
    said = [chat_pb2.ChatMessage(name=n, message=m) for n, m in (("Sam", "Hi"), ("Ann", "Hey"), ("John", "Hello"))]

    def value(reply):
        return reply.value

    def one_at_a_time():
        sent = Input(said[0])

        def heard(messages, _):
            sent.put(said[len(messages)] if len(messages) < len(said) else None)

        return outcome(stub.chat(sent), value, heard)

    def too_large():
        options = [("grpc.max_send_message_length", -1)]
        with open_channel(address, options) as patient:
            message = chat_pb2.ChatMessage(name="Sam", message="x" * (5 << 20))
            return outcome(chat_pb2_grpc.ChatStub(patient).chat(iter([message])), value)

    def idle():
        with open_channel(address, PINGS) as pinging:
            sent = Input(said[0])

            def heard(messages, _):
                if len(messages) == 1:
                    time.sleep(6)
                sent.put(said[1] if len(messages) == 1 else None)

            return outcome(chat_pb2_grpc.ChatStub(pinging).chat(sent), value, heard)

    def until_the_end():
        def heard(messages, _):
            print("heard", messages[0], flush=True)

        return outcome(stub.chat(Input(said[0])), value, heard)

    return {
        "call": lambda: outcome(stub.chat(iter(said)), value),
        "one at a time": one_at_a_time,
        "gzip": lambda: outcome(stub.chat(iter(said), compression=GZIP), value),
        "nothing sent": lambda: outcome(stub.chat(iter([])), value),
        "Unicode": lambda: outcome(stub.chat(iter([chat_pb2.ChatMessage(name="Zoë", message="🎈")])), value),
        "cancel": lambda: outcome(stub.chat(Input(said[0])), value, lambda _, call: call.cancel()),
        "deadline": lambda: " -> " + outcome(stub.chat(Input(), timeout=0.3), value).split(" -> ")[1],
        "message too large": too_large,
        "unknown method": lambda: outcome(channel.stream_stream("/Chat/nope")(iter([b""])), value),
        "idle beyond the ping limit": idle,
        "server stops": until_the_end,
    }


def calc(address):
    stub = streaming_calc_pb2_grpc.StreamingCalcServiceStub(open_channel(address))

    def values(numbers):
        return (Int64Value(value=number) for number in numbers)

    def total(numbers, **options):
        return outcome_of_one(lambda: stub.sum.with_call(values(numbers), **options), lambda sum: str(sum.value))

    return {
        "sum": lambda: total(range(1, 11)),
        "sum of nothing": lambda: total([]),
        "largest sum": lambda: total([2**63 - 2, 1]),
        "overflow": lambda: total([2**63 - 1, 1]),
        "sum of 50,000": lambda: total(range(1, 50_001)),
        "gzip": lambda: total(range(1, 11), compression=GZIP),
        "incremental sum": lambda: outcome(stub.incrementalSum(values([1, 2, 3, 4])), lambda sum: str(sum.value)),
    }


def call(address):
    stub = phone_pb2_grpc.PhoneStub(open_channel(address))

    def event(response):
        if response.WhichOneof("stream_call_response") == "call_info":
            return response.call_info.media
        return phone_pb2.CallState.State.Name(response.call_state.state)

    def dial(*numbers, heard=None):
        requests = Input(*(phone_pb2.StreamCallRequest(phone_number=number) for number in numbers), None)
        return outcome(stub.StreamCall(requests), event, heard)

    return {
        "call": lambda: dial("94771234567"),
        "hang up": lambda: dial("94771234567", heard=lambda _, call: call.cancel()),
        "bad number": lambda: dial("x"),
        "no number": lambda: dial(),
    }


def datahub(address):
    channel = open_channel(address)
    egress, ingest = data_hub_pb2_grpc.EgressStub(channel), data_hub_pb2_grpc.IngestStub(channel)
    subscription = data_hub_pb2.RequestGetDataPackage(tagName="Python", trackingGuid=SUBSCRIBER)

    def send(*values, guid=GUID):
        request = data_hub_pb2.RequestSendDataPackage(
            telemetryGuid=guid, trackingGuid=GUID, tagName="Python", tagValue=values
        )
        return outcome_of_one(lambda: ingest.SendDataPackage.with_call(request), lambda r: str(r.dataPackageCount))

    def send_stream(count):
        packages = (
            data_hub_pb2.RequestSendDataPackageStream(
                telemetryGuid=GUID, trackingGuid=GUID, tagName="Python stream", tagValue=str(number)
            )
            for number in range(count)
        )
        return outcome_of_one(
            lambda: ingest.SendDataPackagesStream.with_call(packages), lambda r: str(r.dataPackageCount)
        )

    def subscribe():
        call = egress.GetDataPackagesStream(subscription)
        next(call)  # the first tick: the subscription is in place
        send("A01", "A02", "A03")
        values = []
        try:
            for package in call:
                if package.trackingGuid == GUID:
                    values.append(package.tagValue)
                if len(values) == 3:
                    call.cancel()
        except grpc.RpcError:
            pass
        return f"{' | '.join(values)} -> {status(call)}"

    def until_the_deadline():
        call = egress.GetDataPackagesStream(subscription, timeout=0.3)
        return " -> " + outcome(call, str).split(" -> ")[1]

    return {
        "unary": lambda: send("A01", "A02"),
        "client streaming": lambda: send_stream(10),
        "server streaming and cancel": subscribe,
        "deadline": until_the_deadline,
        "bad GUID": lambda: send("A01", guid="x"),
    }


def message(address):
    stub = messages_pb2_grpc.MessageServiceStub(open_channel(address))
    request = messages_pb2.MessageRequest(name="Hello, world!")

    def both_ways():
        stopped = threading.Event()

        def ticks():
            while not stopped.is_set():
                yield request
                stopped.wait(1)

        call = stub.StreamMessages(ticks())
        call.initial_metadata()  # comes before any message
        messages = [next(call).message for _ in range(3)]
        stopped.set()
        for _ in call:
            pass
        return f"{' | '.join(messages)} -> {status(call)}"

    def silent():
        """A client that sends nothing hears the headers and the messages all the same."""
        requests = Input()
        call = stub.StreamMessages(requests)
        call.initial_metadata()
        first = next(call).message
        requests.put(None)
        for _ in call:
            pass
        return f"{first} -> {status(call)}"

    return {"both ways": both_ways, "nothing sent": silent}


def main():
    _, address, example, *names = sys.argv
    cases = {"chat": chat, "calc": calc, "call": call, "datahub": datahub, "message": message}[example](address)
    for name in names:
        print(name, cases[name](), sep="\t", flush=True)


main()
