#!/usr/bin/env bash
# Makes docs/page.png anew with the bundled model: tests/browser/screenshot.sh [FILE] [dark]
# Needs what ./run build (or OCTET=PROGRAM) and tests/end_to_end/page.sh leave behind: octet, and the browser's packages.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export OCTET=${OCTET:-$root/build/release/app/octet}
modules=$root/.cache/browser/node_modules
[ -d "$modules" ] || { echo "$modules is missing: run tests/end_to_end/page.sh first"; exit 2; }
source "$root/tests/serve/serve.sh"
serve
BASE_URL=$url BROWSER_MODULES=$modules node "$root/tests/browser/screenshot.mjs" "${1:-$root/docs/page.png}" "${2:-light}"
kill -TERM $server
wait $server
