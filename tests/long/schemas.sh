#!/usr/bin/env bash
# tests/end_to_end/server_schemas.py with 500 schemas.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
exec "$root/.venv-test/bin/python" "$root/tests/end_to_end/server_schemas.py" 500
