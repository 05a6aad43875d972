#!/usr/bin/env python3
"""Two replicas behind deploy/nginx.conf, one of which is killed under load: no client sees more than its own broken stream.

Skipped (exit 77) where nginx is missing.
"""
import asyncio
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
from client import ROOT, Server, request_bytes, send, stream  # noqa: E402

# Debian keeps it where a user who is not root does not look.
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start_nginx(folder, ports):
    """deploy/nginx.conf as it is, but for the ports."""
    text, port = (ROOT / "deploy/nginx.conf").read_text(), free_port()
    for given, ours in ((8081, ports[0]), (8082, ports[1])):
        text, n = re.subn(rf"server 127\.0\.0\.1:{given} ", f"server 127.0.0.1:{ours} ", text)
        assert n == 1
    text, n = re.subn(r"listen 127\.0\.0\.1:8080;", f"listen 127.0.0.1:{port};", text)
    assert n == 1
    (folder / "nginx.conf").write_text(text)
    nginx = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"])
    deadline = time.time() + 20
    while time.time() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return nginx, port
        except OSError:
            time.sleep(0.05)
    raise SystemExit("nginx did not start")


def cached_tokens(events):
    return [e["octet_cost"]["cached_tokens"] for e in events if "octet_cost" in e][-1]


async def prefix_stays_together(port):
    """The second turn with the same prefix header finds the first one's tokens in the cache, whatever else is asked."""
    long_prompt = "Remember these numbers: " + " ".join(str(n) for n in range(100, 160)) + ". What is 2 + 3?"
    for key in ("team-a", "team-b", "team-c", "team-d"):
        found = []
        for _ in range(2):
            events = []
            await stream(port, long_prompt, events.append, headers=[f"X-Octet-Prefix: {key}"], max_tokens=8,
                         stream_options={"include_usage": True})
            found.append(cached_tokens(events))
        if found[1] < 64:
            raise SystemExit(f"FAILED: the second request of {key} found {found[1]} tokens in the cache")


async def client(port, name, until, broken, answered):
    while time.time() < until:
        try:
            await stream(port, f"Count from 1 to 40, for {name}.", headers=[f"X-Octet-Prefix: {name}"], max_tokens=120)
            answered[name] = answered.get(name, 0) + 1
        except ConnectionError as error:
            broken.setdefault(name, []).append(str(error))


async def kill_under_load(port, replicas):
    broken, answered, until = {}, {}, time.time() + 12
    clients = [asyncio.create_task(client(port, f"client-{i}", until, broken, answered)) for i in range(12)]
    await asyncio.sleep(4)
    replicas[0].kill()
    killed = time.time()
    await asyncio.gather(*clients)
    print(f"{sum(answered.values())} answers; broken streams by client: "
          f"{ {name: len(errors) for name, errors in sorted(broken.items())} }")
    for name, errors in broken.items():
        if len(errors) > 1:
            raise SystemExit(f"FAILED: {name} saw {len(errors)} broken streams: {errors}")
    for i in range(12):  # everyone is served by the replica that is left
        status, body = await send(port, request_bytes("/health", b"", "GET", [f"X-Octet-Prefix: client-{i}"]))
        if status != 200:
            raise SystemExit(f"FAILED: {time.time() - killed:.0f} s after the kill, client-{i} gets {status}: {body[:200]!r}")
    if set(answered) != {f"client-{i}" for i in range(12)}:
        raise SystemExit(f"FAILED: only {sorted(answered)} got answers")


async def main():
    if not NGINX:
        print("SKIPPED: nginx is not installed")
        sys.exit(77)
    replicas = [Server("--trusted-proxy", "127.0.0.1", "--cache-tokens", "32768") for _ in range(2)]
    nginx = None
    with tempfile.TemporaryDirectory() as folder:
        try:
            nginx, port = start_nginx(pathlib.Path(folder), [r.port for r in replicas])
            await prefix_stays_together(port)
            await kill_under_load(port, replicas)
        finally:
            if nginx:
                nginx.terminate()
                nginx.wait()
            for replica in replicas:
                if replica.alive():
                    replica.kill()
    print("all held")


asyncio.run(main())
