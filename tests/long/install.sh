#!/usr/bin/env bash
# What `./run install` leaves: a program that runs from where it was put, and a library that another program is built with
# (docs/library). Then the .deb: built, and unpacked elsewhere, its octet answers too.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/run" install "$work/prefix"
env -u OCTET_HOME "$work/prefix/bin/octet" generate mini --prompt "What is 12 + 30?" --temperature 0 | grep -q 42
cmake -S "$root/docs/library" -B "$work/ask" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_BUILD_TYPE=Release >"$work/cmake.log" ||
  { cat "$work/cmake.log"; exit 1; }
cmake --build "$work/ask" >"$work/make.log" 2>&1 || { tail -n 30 "$work/make.log"; exit 1; }
"$work/ask/ask" "$work/prefix/share/octet/models/octet-mini" "What is 12 + 30?" "Which is larger, 81 or 18?" | tee "$work/answers"
grep -q 42 "$work/answers"
(cd "$work" && cpack --config "$root/build/release/CPackConfig.cmake" -B "$work/deb" >"$work/cpack.log") || { tail "$work/cpack.log"; exit 1; }
dpkg-deb -x "$work"/deb/*.deb "$work/unpacked"
env -u OCTET_HOME "$work/unpacked/usr/bin/octet" generate mini --prompt "What is 12 + 30?" --temperature 0 | grep -q 42
echo "all held"
