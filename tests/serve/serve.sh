# To be sourced: `serve FLAGS…` starts octet serve with octet-mini on a free port and sets $server (its process) and $url.
# The log is $work/log; $work is a folder that goes, and the server ends, when the script does.
work=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT

serve() {
  : >"$work/log"  # or the last server's word that it listens would be taken for this one's
  "$OCTET" serve mini --port 0 --threads 1 "$@" 2>"$work/log" &
  server=$!
  for _ in $(seq 600); do
    grep -q '"listening"' "$work/log" && break
    kill -0 $server || { cat "$work/log"; exit 1; }
    sleep 0.1
  done
  url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' "$work/log")
}
