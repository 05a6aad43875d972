#!/usr/bin/env bash
# The official OpenAI client for Node (tests/node/) against `octet serve` with octet-mini. Skipped without npm.
set -euo pipefail
command -v npm >/dev/null || { echo "npm is missing"; exit 77; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
[ -d "$root/tests/node/node_modules/openai" ] || npm ci --prefix "$root/tests/node" --no-audit --no-fund >"$work/npm" 2>&1 ||
  { tail -5 "$work/npm"; exit 1; }
"$OCTET" serve mini --port 0 --threads 1 2>"$work/log" &
server=$!
for _ in $(seq 600); do
  grep -q '"listening"' "$work/log" && break
  kill -0 $server || { cat "$work/log"; exit 1; }
  sleep 0.1
done
url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' "$work/log")
node "$root/tests/node/openai.mjs" "$url/v1"
kill -TERM $server
wait $server
