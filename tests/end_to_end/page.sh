#!/usr/bin/env bash
# The server's page in a real Chromium, against a mock of the server; with BASE_URL against a running octet.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/.cache/browser

skip() {
  echo "$*"
  exit 77
}
export CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
[ -n "$CHROMIUM" ] || skip "The page's tests need Chromium: on Debian, apt-get install chromium."
command -v npm >/dev/null || skip "The page's tests need npm: on Debian, apt-get install npm."

mkdir -p "$work"
if ! cmp -s "$root/tests/browser/package-lock.json" "$work/installed-lock.json"; then
  cp "$root"/tests/browser/{package.json,package-lock.json,.npmrc} "$work"
  (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
    skip "npm could not install what the page's tests need."
  cp "$root/tests/browser/package-lock.json" "$work/installed-lock.json"
fi
node "$root/octet/serve/page/build.mjs" --out "$work/page" --required ON
export BROWSER_MODULES=$work/node_modules PAGE_MODULES=$work/page/node_modules PAGE_FILES=$work/page/files

# Two files at a time, each with a browser of its own; what a file says is shown whole when it ends.
run_file() {
  local said status=0
  said=$(node --test "$1" 2>&1) || status=1
  echo "$said"
  return $status
}
export -f run_file
printf '%s\0' "$root"/tests/browser/*.test.mjs | xargs -0 -P 2 -I{} bash -c 'run_file "$1"' _ {}
