"""A server to test against, and HTTP clients that can be as rude as a test needs: plain asyncio, no packages."""
import asyncio
import json
import os
import pathlib
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Server:
    """`octet serve` on a free port. The log goes to a file; .rss is its resident memory in bytes."""

    def __init__(self, *flags, model="mini", log=None):
        self.octet = os.environ.get("OCTET", str(ROOT / "build/release/app/octet"))
        self.log = pathlib.Path(log or f"/tmp/octet-serve-{os.getpid()}-{id(self)}.log")
        self.handle = self.log.open("wb")
        self.process = subprocess.Popen([self.octet, "serve", model, "--port", "0", *flags], stdout=subprocess.DEVNULL,
                                        stderr=self.handle)
        self.port = self._port()

    def _port(self):
        deadline = time.time() + 120
        while time.time() < deadline:
            for line in self.log.read_text(errors="replace").splitlines():
                try:
                    url = json.loads(line).get("url", "")
                except ValueError:
                    continue
                if url:
                    return int(url.rsplit(":", 1)[1])
            if self.process.poll() is not None:
                raise SystemExit(f"octet serve ended with {self.process.returncode}: {self.log.read_text()}")
            time.sleep(0.05)
        raise SystemExit("octet serve did not say where it listens")

    @property
    def rss(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.handle.close()

    def stop(self):
        """SIGTERM; the exit code, after running answers have ended."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.handle.close()
        return code


def chat_body(text, max_tokens=32, **more):
    return json.dumps({"messages": [{"role": "user", "content": text}], "max_tokens": max_tokens, **more}).encode()


def request_bytes(path, body, method="POST", headers=()):
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", f"Content-Length: {len(body)}",
            "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def send(port, data, timeout=60):
    """The whole answer to raw bytes: (status, body); status 0 if the connection ended without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), timeout)
    except (ConnectionError, asyncio.IncompleteReadError):
        answer = b""
    finally:
        writer.close()
    if not answer.startswith(b"HTTP/1.1 "):
        return 0, answer
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body


async def ask(port, text, path="/v1/chat/completions", **more):
    return await send(port, request_bytes(path, chat_body(text, **more)))


async def body_lines(reader):
    """The lines of an answer's body, whose chunks may end anywhere (a proxy cuts them anew)."""
    chunked = False
    while (line := await asyncio.wait_for(reader.readline(), 300)) not in (b"\r\n", b""):
        chunked |= line.lower().startswith(b"transfer-encoding: chunked")
    rest = b""
    while True:
        if chunked:
            size = await asyncio.wait_for(reader.readline(), 300)
            if not size or int(size, 16) == 0:
                return
            piece = await asyncio.wait_for(reader.readexactly(int(size, 16) + 2), 300)
            rest += piece[:-2]
        else:
            piece = await asyncio.wait_for(reader.read(1 << 16), 300)
            if not piece:
                return
            rest += piece
        *lines, rest = rest.split(b"\n")
        for line in lines:
            yield line


async def stream(port, text, on_event=None, headers=(), read_pause=0.0, **more):
    """Streams an answer. Returns the times of its events and the text; raises ConnectionError if the stream breaks."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times, words, done = [], [], False
    try:
        writer.write(request_bytes("/v1/chat/completions", chat_body(text, stream=True, **more), headers=headers))
        await writer.drain()
        status = await asyncio.wait_for(reader.readline(), 300)
        if b" 200 " not in status:
            raise ConnectionError(f"status {status!r}: {(await reader.read(2000))!r}")
        async for line in body_lines(reader):
            if read_pause:
                await asyncio.sleep(read_pause)
            if not line.startswith(b"data: "):
                continue
            if line.strip() == b"data: [DONE]":
                done = True
                continue
            event = json.loads(line[6:])
            if "error" in event:
                raise ConnectionError(str(event["error"]))
            times.append(time.perf_counter())
            for choice in event["choices"]:
                words.append(choice["delta"].get("content") or "")
            if on_event:
                on_event(event)
    except asyncio.IncompleteReadError as error:
        raise ConnectionError("the stream broke") from error
    finally:
        writer.close()
    if not done:
        raise ConnectionError("the stream broke")
    return times, "".join(words)
