#!/usr/bin/env python3
"""The server under load, on the bundled model: each figure beside its target, all of one run.

    serve_load.py [--repeats 7] [--rounds 5] [--parts clients prefix structure streams]

- clients:    total tokens/s of 16 clients over one client's; the time between a client's tokens, p99 over median
- prefix:     time to the first token of a prompt of 1,000 tokens, and of the second prompt that begins with them
- structure:  tokens/s with a JSON schema over tokens/s without one
- streams:    rounds of 1,000 streams open at once, a tenth of them slow readers; the server's memory after each. Its cache
              is bounded to what the first round fills, since kept prefixes would grow to whatever the bound is
"""
import argparse
import asyncio
import pathlib
import re
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "serve"))
from client import Server, chat_body, request_bytes, stream  # noqa: E402

SCHEMA = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 40}, "numbers": {
    "type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 999}, "minItems": 20, "maxItems": 40}},
    "required": ["name", "numbers"], "additionalProperties": False}


class Reader(asyncio.Protocol):
    """Reads a stream with as little work as can be: the load shares the server's processors."""

    def __init__(self, request, ended):
        self.request, self.ended, self.arrivals, self.tail = request, ended, [], b""

    def connection_made(self, transport):
        transport.write(self.request)

    def data_received(self, data):
        events = data.count(b"\n\n") + (self.tail[-1:] == b"\n" == data[:1])
        if events:
            self.arrivals.append((time.perf_counter(), events))
        self.tail = (self.tail + data)[-4096:]

    def connection_lost(self, error):
        if not self.ended.done():
            self.ended.set_result(None)


async def timed(port, text, **more):
    """Seconds to the first event with text, the gaps between tokens, tokens of the answer and seconds in all. Tokens that
    came together share the time since those before."""
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    body = chat_body(text, stream=True, stream_options={"include_usage": True}, temperature=0, **more)
    started = time.perf_counter()
    _, reader = await loop.create_connection(lambda: Reader(request_bytes("/v1/chat/completions", body), ended), "127.0.0.1", port)
    await asyncio.wait_for(ended, 300)
    usage = re.search(rb'"completion_tokens":(\d+)', reader.tail)
    if b"data: [DONE]" not in reader.tail or not usage:
        raise ConnectionError(f"the stream broke: {reader.tail!r}")
    times = [t for t, events in reader.arrivals for _ in range(events)]
    (first, _), *later = reader.arrivals[1:]  # before: the event with the role
    gaps = []
    for at, events in later:
        gaps += [(at - first) / events] * events
        first = at
    return times[1] - started, gaps[:-2], int(usage.group(1)), times[-1] - started


async def clients(port, number, tokens, **more):
    started = time.perf_counter()
    all_of = await asyncio.gather(*(timed(port, f"Say the numbers from {i} on.", max_tokens=tokens, ignore_eos="response_format" not in more, **more)
                                    for i in range(number)))
    seconds = time.perf_counter() - started
    gaps = sorted(gap for one in all_of for gap in one[1])
    return sum(one[2] for one in all_of) / seconds, statistics.median(gaps), gaps[int(len(gaps) * 0.99)]


async def prefix(port, salt):
    words = " ".join(f"{salt} {n}" for n in range(10, 290))
    first = (await timed(port, words + " What is 2 + 3?", max_tokens=4))[0]
    second = (await timed(port, words + " What is 4 + 4?", max_tokens=4))[0]
    return first, second


async def many_streams(number, rounds):
    """The server's memory before and after each round, and the errors."""
    async def one(i):
        slow = i % 10 == 0
        await stream(server.port, f"Hello, I am number {i}.", max_tokens=24, ignore_eos=True, read_pause=0.2 if slow else 0)

    server = Server("--max-queue", "4096", "--max-batch", "64", "--max-connections", "4096", "--cache-tokens", "16384")
    try:
        memory, failed = [server.rss], []
        for _ in range(rounds):
            results = await asyncio.gather(*(one(i) for i in range(number)), return_exceptions=True)
            failed += [r for r in results if isinstance(r, Exception)]
            memory.append(server.rss)
        return memory, failed
    finally:
        server.stop()


async def report_clients(port, repeats):
    await clients(port, 4, 32)
    ratios, spreads, alone, together = [], [], [], []
    for _ in range(repeats):
        one, _, _ = await clients(port, 1, 200)
        many, median, p99 = await clients(port, 16, 200)
        alone.append(one), together.append(many), ratios.append(many / one), spreads.append(p99 / median)
    print(f"clients    1: {statistics.median(alone):.0f} tokens/s   16: {statistics.median(together):.0f} tokens/s   "
          f"ratio {statistics.median(ratios):.2f} (target 4)   p99 / median between tokens "
          f"{statistics.median(spreads):.2f} (target under 5)")


async def report_prefix(port, repeats):
    pairs = [await prefix(port, f"run {i}") for i in range(repeats)]
    shares = [second / first for first, second in pairs]
    print(f"prefix     first {statistics.median(p[0] for p in pairs) * 1000:.1f} ms   second "
          f"{statistics.median(p[1] for p in pairs) * 1000:.1f} ms   share {statistics.median(shares):.3f} (target 0.15)")


async def report_structure(port, repeats):
    costs = []
    for _ in range(repeats):
        plain, _, _ = await clients(port, 8, 120)
        masked, _, _ = await clients(port, 8, 120, response_format={
            "type": "json_schema", "json_schema": {"name": "numbers", "schema": SCHEMA}})
        costs.append(1 - masked / plain)
    print(f"structure  costs {statistics.median(costs) * 100:.1f} % of tokens/s (target under 15)")


async def report_streams(number, rounds):
    memory, failed = await many_streams(number, rounds)
    after = [f"{m / 2**20:.0f}" for m in memory]
    print(f"streams    {rounds} rounds of {number}: {len(failed)} failed   memory {after[0]} MiB before, then {', '.join(after[1:])} "
          f"MiB   last round {100 * (memory[-1] / memory[-2] - 1):+.1f} % (target within 2)")
    for error in failed[:3]:
        print("           ", repr(error))


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=1000)
    parts = {"clients": report_clients, "prefix": report_prefix, "structure": report_structure}
    parser.add_argument("--parts", nargs="+", choices=[*parts, "streams"], default=[*parts, "streams"])
    flags = parser.parse_args()
    if set(flags.parts) & set(parts):
        server = Server("--max-queue", "4096", "--max-batch", "64", "--max-connections", "4096")
        try:
            for name in flags.parts:
                if name in parts:
                    await parts[name](server.port, flags.repeats)
        finally:
            server.stop()
    if "streams" in flags.parts:
        await report_streams(flags.streams, flags.rounds)


asyncio.run(main())
