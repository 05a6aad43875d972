#!/usr/bin/env bash
# octet's tokenizer against PyPI's tokenizers and tiktoken: every code point in every surrounding, and more random texts.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
exec "$root/.venv-test/bin/python" "$root/tests/end_to_end/tokenizer_oracle.py" --rounds 300 --every 1 --seed 2
