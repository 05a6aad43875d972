#!/usr/bin/env bash
# octet serve as a process: TLS, keys, logs without texts, octet chat --server, draining on SIGTERM, and what is refused.
set -euo pipefail
for tool in curl openssl; do command -v $tool >/dev/null || { echo "$tool is missing"; exit 77; }; done
octet=$OCTET
source "$(dirname "${BASH_SOURCE[0]}")/../serve/serve.sh"
fail() { echo "FAILED: $*"; exit 1; }

# TLS: two requests on one connection; the client of octet chat verifies the certificate.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost' \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
echo 'team-a sk-0123456789abcdef' >"$work/keys"
serve --host localhost --tls-cert "$work/cert.pem" --tls-key "$work/key.pem" --api-key-file "$work/keys"
url=${url/127.0.0.1/localhost}
ask='{"messages": [{"role": "user", "content": "What is 28 plus 14?"}], "temperature": 0, "stream": true}'
curl -sS --cacert "$work/cert.pem" -H 'Authorization: Bearer sk-0123456789abcdef' -H 'Content-Type: application/json' -d "$ask" \
  "$url/v1/chat/completions" --next -sS --cacert "$work/cert.pem" -v "$url/health" >"$work/out" 2>"$work/verbose"
grep -q 'data: \[DONE\]' "$work/out" && grep -q '"ok"' "$work/out" || fail "TLS: $(cat "$work/out" "$work/verbose")"
grep -qi 're-using existing connection' "$work/verbose" || fail "the connection was not kept: $(cat "$work/verbose")"
[ "$(curl -sS --cacert "$work/cert.pem" -o /dev/null -w '%{http_code}' "$url/v1/models")" = 401 ] || fail "a request without a key"
answer=$(echo 'What is 28 plus 14?' | SSL_CERT_FILE="$work/cert.pem" OPENAI_API_KEY=sk-0123456789abcdef "$octet" chat --server "$url" --temperature 0)
[[ $answer == *42* ]] || fail "octet chat --server said: $answer"
if echo x | OPENAI_API_KEY=sk-0123456789abcdef "$octet" chat --server "$url" 2>"$work/error"; then fail "a certificate that nobody vouches for"; fi
grep -q 'no secure connection' "$work/error" || fail "$(cat "$work/error")"
grep -q '"client":"team-a"' "$work/log" || fail "the log does not name the key's holder"
if grep -q -e '28 plus' -e sk-0123 "$work/log"; then fail "texts or keys are in the log"; fi
python3 -c 'import json, sys; [json.loads(line) for line in open(sys.argv[1])]' "$work/log" || fail "the log is not JSON"

# SIGTERM: the running stream ends as it would have, others are told that the server goes, the exit code is 0 and the port free.
long='{"messages": [{"role": "user", "content": "Hello"}], "stream": true, "ignore_eos": true, "max_tokens": 1500}'
curl -sSN --cacert "$work/cert.pem" -H 'Authorization: Bearer sk-0123456789abcdef' -d "$long" "$url/v1/chat/completions" >"$work/stream" &
stream=$!
for _ in $(seq 100); do [ -s "$work/stream" ] && break; sleep 0.05; done
kill -TERM $server
sleep 0.2
for path in /health /v1/models; do
  [ "$(curl -sS --cacert "$work/cert.pem" -o /dev/null -w '%{http_code}' "$url$path")" = 503 ] || fail "$path while it drains"
done
wait $stream || fail "the stream broke"
grep -q '"finish_reason":"length"' "$work/stream" || fail "the stream was cut: $(tail -c 500 "$work/stream")"
wait $server || fail "exit code $?"
server=
status=0
curl -s --cacert "$work/cert.pem" "$url/health" >/dev/null || status=$?
[ $status = 7 ] || fail "the port after the exit: curl gives $status"

# On the loopback without keys, names of other machines are none of this server's; --host takes brackets.
if [ -e /proc/net/if_inet6 ]; then
  serve --host '[::1]'
  [[ $url == http://\[::1\]:* ]] || fail "the address: $url"
else
  serve
fi
[ "$(curl -gsS -o /dev/null -w '%{http_code}' "$url/health")" = 200 ] || fail "the loopback's own address"
[ "$(curl -gsS -o /dev/null -w '%{http_code}' -H 'Host: evil.example' "$url/health")" = 403 ] || fail "another name"
kill -TERM $server
wait $server || fail "exit code $?"
serve --trusted-proxy 127.0.0.1
[ "$(curl -sS -o /dev/null -w '%{http_code}' -H 'Host: chat.example' "$url/health")" = 200 ] || fail "a name behind a proxy"
kill -TERM $server
wait $server || fail "exit code $?"
server=

# Drained in no time: the answer is cut and says so.
serve --drain-seconds 0 --log-prompts
rm "$work/stream"  # or the wait for its first bytes would be over before it began
curl -sSN -d "$long" "$url/v1/chat/completions" >"$work/stream" &
stream=$!
for _ in $(seq 100); do [ -s "$work/stream" ] && break; sleep 0.05; done
kill -INT $server
wait $server || fail "exit code $?"
server=
wait $stream || fail "the stream broke"
tail -n 2 "$work/stream" | grep -q '"shutting down\|is shutting down' || fail "the cut stream ends with: $(tail -n 2 "$work/stream")"
grep -q 'Hello' "$work/log" || fail "--log-prompts logs no text"

refused() {  # TEXT FLAGS…
  local text=$1 status=0
  shift
  "$octet" serve "$@" >"$work/out" 2>"$work/error" || status=$?
  [ $status = 2 ] && grep -qF -- "$text" "$work/error" || fail "serve $*: exit $status, $(cat "$work/error")"
}
refused 'expected both or neither' --tls-cert x
refused 'expected an address' --host nowhere.invalid --port 0
refused 'expected an address' --host '' --port 0
: >"$work/empty"
refused 'no key in it' --api-key-file "$work/empty" --port 0
refused '--tls-cert' --tls-cert "$work/empty" --tls-key "$work/empty" --port 0
refused "expected a model's folder" nowhere
echo ok
