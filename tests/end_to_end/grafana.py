#!/usr/bin/env python3
"""Every metric that the Grafana dashboard draws is one that the server tells."""
import asyncio
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
from client import ROOT, Server, ask, request_bytes, send  # noqa: E402


async def main():
    server = Server()
    try:
        status, body = await ask(server.port, "Hello")
        assert status == 200, body
        status, body = await send(server.port, request_bytes("/metrics", b"", "GET"))
        assert status == 200, body
    finally:
        server.stop()
    told = set(re.findall(rb"^((?:vllm:|octet_|process_)[a-z_]+)", body, re.M))
    drawn = set(re.findall(rb"((?:vllm:|octet_|process_)[a-z_]+)", (ROOT / "deploy/grafana.json").read_bytes()))
    if len(drawn) < 15 or drawn - told:
        raise SystemExit(f"FAILED: the dashboard draws {sorted(drawn - told)}, which /metrics does not tell")
    print(f"all {len(drawn)} metrics of the dashboard are told")


asyncio.run(main())
