#!/usr/bin/env bash
# The official OpenAI client for Node (tests/node/) against `octet serve` with octet-mini. Skipped without npm.
set -euo pipefail
command -v npm >/dev/null || { echo "npm is missing"; exit 77; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$root/tests/serve/serve.sh"
[ -d "$root/tests/node/node_modules/openai" ] || npm ci --prefix "$root/tests/node" --no-audit --no-fund >"$work/npm" 2>&1 ||
  { tail -5 "$work/npm"; exit 1; }
serve
node "$root/tests/node/openai.mjs" "$url/v1"
kill -TERM $server
wait $server
