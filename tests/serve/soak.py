#!/usr/bin/env python3
"""Load with clients as they are: polite ones, some that vanish, send garbage, too much, or too slowly.

    soak.py SECONDS

Holds: every polite request is answered, /health stays green, the server neither ends nor grows (its memory after half the
time against the end: within 2 %), and it drains when told to.
"""
import asyncio
import random
import sys
import time

from client import Server, ask, chat_body, request_bytes, send, stream

QUESTIONS = ["What is 12 + 30?", "Sort 9, 4, 7.", "What is a heron?", "Who are you?", "Which is larger, 81 or 18?"]


class Soak:
    def __init__(self, server, seconds):
        self.server, self.end, self.random = server, time.time() + seconds, random.Random(1)
        self.polite = self.rude = 0
        self.failures = []

    def running(self):
        return time.time() < self.end

    def check(self, condition, what):
        if not condition:
            self.failures.append(what)

    async def polite_client(self):
        while self.running():
            question = self.random.choice(QUESTIONS)
            try:
                if self.random.random() < 0.5:
                    status, body = await ask(self.server.port, question, max_tokens=40)
                    self.check(status == 200, f"a polite request got {status}: {body[:200]!r}")
                else:
                    await stream(self.server.port, question, max_tokens=40)
            except (ConnectionError, asyncio.TimeoutError) as error:
                self.check(False, f"a polite stream broke: {error}")
            self.polite += 1

    async def vanishing_client(self):
        while self.running():
            reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
            data = request_bytes("/v1/chat/completions", chat_body("Count to 50.", stream=True, max_tokens=400))
            cut = self.random.choice([0, 10, len(data) - 5, len(data)])
            try:
                writer.write(data[:cut])
                await writer.drain()
                if cut == len(data):
                    await asyncio.wait_for(reader.read(self.random.choice([1, 200, 2000])), 30)
            except (ConnectionError, asyncio.TimeoutError):
                pass
            writer.transport.abort()
            self.rude += 1
            await asyncio.sleep(self.random.random() * 0.1)

    async def garbage_client(self):
        while self.running():
            kind = self.random.randrange(6)
            if kind == 0:
                data, expected = self.random.randbytes(500), {0, 400}
            elif kind == 1:
                data, expected = request_bytes("/v1/chat/completions", b'{"messages": [' + b"[" * 500), {400}
            elif kind == 2:
                data, expected = request_bytes("/v1/chat/completions", b'{"messages": 3, "frequency": 1}'), {400}
            elif kind == 3:
                data = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\nx"
                expected = {413}
            elif kind == 4:
                data, expected = b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n", {0, 400, 414, 431}
            else:
                data, expected = request_bytes("/v1/nothing", b"{}"), {404}
            status, body = await send(self.server.port, data)
            self.check(status in expected, f"garbage of kind {kind} got {status}: {body[:200]!r}")
            self.rude += 1
            await asyncio.sleep(0.05)

    async def slow_client(self):
        while self.running():
            reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
            data = request_bytes("/v1/chat/completions", chat_body("Hello"))
            try:
                for i in range(0, len(data), 8):
                    if not self.running():
                        break
                    writer.write(data[i:i + 8])
                    await writer.drain()
                    await asyncio.sleep(0.3)
            except ConnectionError:
                pass
            writer.transport.abort()
            self.rude += 1

    async def health(self):
        while self.running():
            started = time.time()
            status, body = await send(self.server.port, request_bytes("/health", b"", "GET"))
            self.check(status == 200, f"/health got {status}: {body[:200]!r}")
            self.check(time.time() - started < 10, f"/health took {time.time() - started:.1f} s")
            self.check(self.server.alive(), "the server ended")
            await asyncio.sleep(0.5)

    async def run(self, seconds):
        clients = [self.polite_client() for _ in range(4)] + [self.vanishing_client() for _ in range(4)]
        clients += [self.garbage_client(), self.garbage_client(), *(self.slow_client() for _ in range(8)), self.health()]
        tasks = [asyncio.create_task(client) for client in clients]
        await asyncio.sleep(seconds / 2)
        half = self.server.rss
        await asyncio.gather(*tasks)
        whole = self.server.rss
        print(f"{self.polite} polite and {self.rude} rude requests; memory {half / 2**20:.1f} MiB at half, "
              f"{whole / 2**20:.1f} MiB at the end")
        self.check(whole < half * 1.02, f"memory grew from {half} to {whole} bytes")


async def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    # A small cache is soon full: a large one is memory that the system gives page by page, for as long as new pages are used.
    server = Server("--cache-tokens", "4096", "--max-batch", "16")
    soak = Soak(server, seconds)
    try:
        await soak.run(seconds)
        code = server.stop()
        soak.check(code == 0, f"SIGTERM: exit code {code}")
    finally:
        if server.alive():
            server.kill()
    for failure in soak.failures[:20]:
        print("FAILED:", failure)
    sys.exit(1 if soak.failures else 0)


asyncio.run(main())
