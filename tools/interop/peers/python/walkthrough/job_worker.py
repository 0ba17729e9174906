"""A worker in Python: it counts the words of the texts that the master sends."""
import sys
import zlib
from collections import Counter
from queue import SimpleQueue
from unicodedata import category

import grpc
from jobs_pb2 import Job, JobMessage, JobReply, MapResult, ReduceResult, ShutdownReply, WordCounts
from jobs_pb2_grpc import JobServiceStub


def count_words(parts: list[Job]) -> JobReply:
    counts = [WordCounts() for _ in range(parts[0].map.partitions)]
    text = b"".join(part.map.text for part in parts).decode().lower()
    words = "".join(char if category(char)[0] in "LMN" else " " for char in text).split()
    for word, count in Counter(words).items():
        partition = counts[zlib.crc32(word.encode()) % len(counts)]
        partition.words.append(word)
        partition.counts.append(count)
    return JobReply(map=MapResult(partitions=[partition.SerializeToString() for partition in counts]))


def add_up(parts: list[Job]) -> JobReply:
    sums = Counter()
    for counts in (WordCounts.FromString(data) for part in parts for data in part.reduce.counts):
        for word, count in zip(counts.words, counts.counts):
            sums[word] += count
    return JobReply(reduce=ReduceResult(counts=WordCounts(words=sums.keys(), counts=sums.values())))


def work(master: JobServiceStub) -> None:
    replies, parts, done = SimpleQueue(), [], 0
    for message in master.StreamJobs(iter(replies.get, None)):
        if message.HasField("shutdown"):
            replies.put(JobMessage(shutdown_reply=ShutdownReply(jobs_done=done)))
            replies.put(None)  # half-close
            continue
        parts.append(message.job)
        if message.job.more:
            continue
        reply = count_words(parts) if parts[0].HasField("map") else add_up(parts)
        reply.id, reply.attempt = message.job.id, message.job.attempt
        replies.put(JobMessage(job_reply=reply))
        parts, done = [], done + 1
    print(f"shut down after {done} jobs")


with grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "localhost:50052") as channel:
    work(JobServiceStub(channel))
