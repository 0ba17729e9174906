"""One side of a run by grpcio: answers the commands of the benchmark, a line of JSON each, as side.ts does."""

import asyncio
import json
import os
import resource
import sys
import threading

from client import Client
from server import listen


def used():
    """The CPU seconds of this process, and the most memory that it had, in MiB."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    # Kilobytes, but on a Mac bytes.
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


class Side:
    def __init__(self):
        self._client = None
        self._server = None
        self._cpu_at_begin = 0

    async def run(self, command):
        match command["name"]:
            case "listen":
                self._server, port = await listen()
                return port
            case "connect":
                self._client = Client(command["port"])
            case "work":
                return await self._client.work(command["job"])
            case "begin":
                self._cpu_at_begin, _ = used()
            case "finish":
                cpu, peak = used()
                return {"usage": {"cpuSeconds": cpu - self._cpu_at_begin, "peakMiB": peak}}
            case name:
                raise ValueError(f"there is no command {name}")


async def main():
    loop = asyncio.get_running_loop()
    commands = asyncio.Queue()

    def read():
        for line in sys.stdin:
            loop.call_soon_threadsafe(commands.put_nowait, line)
        os._exit(0)  # the benchmark is gone, or done with this process

    threading.Thread(target=read, daemon=True).start()
    side = Side()
    while True:
        try:
            answer = {"result": await side.run(json.loads(await commands.get()))}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


asyncio.run(main())
