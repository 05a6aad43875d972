#!/usr/bin/env bash
# A minute of clients that connect and vanish, send garbage, too much or too slowly (tests/serve/soak.py).
exec python3 "$(dirname "${BASH_SOURCE[0]}")/../serve/soak.py" "${1:-60}"
