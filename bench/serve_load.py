#!/usr/bin/env python3
"""The server under load, on the bundled model: each figure beside its target, all of one run.

    serve_load.py [--repeats 3]

- clients:    total tokens/s of 16 clients over one client's; the time between a client's tokens, p99 over median
- prefix:     time to the first token of a prompt of 1,000 tokens, and of the second prompt that begins with them
- structure:  tokens/s with a JSON schema over tokens/s without one
- streams:    1,000 streams open at once, a tenth of them slow readers; the server's memory before and after
"""
import argparse
import asyncio
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "serve"))
from client import Server, stream  # noqa: E402

SCHEMA = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 40}, "numbers": {
    "type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 999}, "minItems": 20, "maxItems": 40}},
    "required": ["name", "numbers"], "additionalProperties": False}


async def timed(port, text, **more):
    """Seconds to the first event with text, the gaps between events, tokens of the answer and seconds in all."""
    usage = {}
    started = time.perf_counter()
    times, _ = await stream(port, text, lambda event: usage.update(event.get("usage") or {}),
                            stream_options={"include_usage": True}, temperature=0, **more)
    gaps = [b - a for a, b in zip(times[1:-2], times[2:-1])]
    return times[1] - started, gaps, usage["completion_tokens"], times[-1] - started


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


async def many_streams(server, number):
    async def one(i):
        slow = i % 10 == 0
        await stream(server.port, f"Hello, I am number {i}.", max_tokens=24, ignore_eos=True, read_pause=0.2 if slow else 0)

    before = server.rss
    results = await asyncio.gather(*(one(i) for i in range(number)), return_exceptions=True)
    middle = server.rss
    results += await asyncio.gather(*(one(i) for i in range(number)), return_exceptions=True)
    failed = [r for r in results if isinstance(r, Exception)]
    return before, middle, server.rss, failed


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--streams", type=int, default=1000)
    flags = parser.parse_args()
    server = Server("--max-queue", "4096", "--max-batch", "64", "--max-connections", "4096")
    try:
        await clients(server.port, 4, 32)
        ratios, spreads, alone, together = [], [], [], []
        for _ in range(flags.repeats):
            one, _, _ = await clients(server.port, 1, 200)
            many, median, p99 = await clients(server.port, 16, 200)
            alone.append(one), together.append(many), ratios.append(many / one), spreads.append(p99 / median)
        print(f"clients    1: {statistics.median(alone):.0f} tokens/s   16: {statistics.median(together):.0f} tokens/s   "
              f"ratio {statistics.median(ratios):.2f} (target 4)   p99 / median between tokens "
              f"{statistics.median(spreads):.2f} (target under 5)")
        pairs = [await prefix(server.port, f"run {i}") for i in range(flags.repeats)]
        shares = [second / first for first, second in pairs]
        print(f"prefix     first {statistics.median(p[0] for p in pairs) * 1000:.1f} ms   second "
              f"{statistics.median(p[1] for p in pairs) * 1000:.1f} ms   share {statistics.median(shares):.3f} (target 0.15)")
        costs = []
        for _ in range(flags.repeats):
            plain, _, _ = await clients(server.port, 8, 120)
            masked, _, _ = await clients(server.port, 8, 120, response_format={
                "type": "json_schema", "json_schema": {"name": "numbers", "schema": SCHEMA}})
            costs.append(1 - masked / plain)
        print(f"structure  costs {statistics.median(costs) * 100:.1f} % of tokens/s (target under 15)")
        before, middle, after, failed = await many_streams(server, flags.streams)
        print(f"streams    {flags.streams} at once, twice: {len(failed)} failed   memory {before / 2**20:.0f} MiB before, "
              f"{middle / 2**20:.0f} after the first, {after / 2**20:.0f} after the second")
        for error in failed[:3]:
            print("           ", repr(error))
    finally:
        server.stop()


asyncio.run(main())
