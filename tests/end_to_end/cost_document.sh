#!/usr/bin/env bash
# docs/cost.md against octet itself. Every ```console block is a command and what it prints: the command is run and the
# output compared. Every amount of dollars and every percentage in the prose must stand in one of those outputs.
# With --update the blocks are written anew (read the diff before keeping it).
set -uo pipefail
cd "$(dirname "$0")/../.."
octet=$(realpath "${OCTET:?path of the octet program}")
document=docs/cost.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# $work/1.command, $work/1.expected, …; the document with a line "@@N" for each block; the prose alone.
awk -v work="$work" '
  /^```console$/ { n++; inside = 1; first = 1; print; print "@@" n; next }
  inside && /^```$/ { inside = 0; print; next }
  inside && first { print substr($0, 3) > (work "/" n ".command"); printf "" > (work "/" n ".expected"); first = 0; next }
  inside { print > (work "/" n ".expected"); next }
  { print; print > (work "/prose") }
' "$document" > "$work/frame"

count=0
for command in "$work"/*.command; do
  n=$(basename "$command" .command)
  line=$(cat "$command")
  case $line in "octet "*) ;; *) echo "block $n: '$line' is no octet command"; failed=1; continue ;; esac
  eval "\"\$octet\" ${line#octet }" > "$work/$n.actual" 2> "$work/$n.errors"
  count=$((count + 1))
  if [ "${1:-}" = --update ]; then continue; fi
  if ! diff -u "$work/$n.expected" "$work/$n.actual" > "$work/$n.diff"; then
    echo "\$ $line"
    cat "$work/$n.errors" "$work/$n.diff"
    failed=1
  fi
done

if [ "${1:-}" = --update ]; then
  awk -v work="$work" '
    /^@@[0-9]+$/ {
      n = substr($0, 3)
      getline line < (work "/" n ".command"); print "$ " line
      while ((getline line < (work "/" n ".actual")) > 0) print line
      next
    }
    { print }
  ' "$work/frame" > "$work/new" && cp "$work/new" "$document"
fi

cat "$work"/*.actual > "$work/outputs"
while read -r figure; do
  grep -qF -- "$figure" "$work/outputs" || { echo "prose: $figure is made by no command of the document"; failed=1; }
done < <(sed 's/`[^`]*`//g' "$work/prose" | grep -oE '\$[0-9][0-9.,]*[0-9][KMB]?|\$[0-9][KMB]|[0-9][0-9.,]* %' | sort -u)

echo "$count blocks, $([ $failed = 0 ] && echo all as printed || echo NOT as printed)"
[ "$count" -gt 5 ] && [ $failed = 0 ]
