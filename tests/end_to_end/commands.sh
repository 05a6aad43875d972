#!/usr/bin/env bash
# What scripts rely on: exit codes, one line on stderr, JSON on stdout, help with an example on every command.
set -euo pipefail
octet=$OCTET
golden=tests/golden
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# expect CODE TEXT COMMAND…: the exit code, one line on stderr that holds TEXT, nothing on stdout.
refused() {
  local code=$1 text=$2
  shift 2
  local out status=0
  out=$("$octet" "$@" 2>"$work/stderr") || status=$?
  [ "$status" = "$code" ] || fail "octet $*: exit code $status, expected $code"
  [ -z "$out" ] || fail "octet $*: printed to stdout: $out"
  [ "$(wc -l <"$work/stderr")" = 1 ] || fail "octet $*: expected one line on stderr, found: $(cat "$work/stderr")"
  grep -qF -- "$text" "$work/stderr" || fail "octet $*: expected '$text' in: $(cat "$work/stderr")"
}

json_has() {  # FILE KEY…
  python3 - "$@" <<'P' || fail "$1 lacks a key of: ${*:2}"
import json, sys
value = json.load(open(sys.argv[1]))
missing = [k for k in sys.argv[2:] if k not in value]
sys.exit(f"missing {missing}" if missing else 0)
P
}

"$octet" --version | grep -q '^octet [0-9]' || fail "--version"
for command in $("$octet" --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' | grep -vx octet); do
  "$octet" "$command" --help >"$work/help" || fail "$command --help"
  grep -q 'Example' "$work/help" || fail "$command --help has no example"
done

refused 2 "did you mean 'chat'" chatt
refused 2 "did you mean '--tokens'" generate "$golden/v3-tiny" --token 1
refused 2 "expected a model's folder" generate nowhere --tokens 1
refused 2 "outside the vocabulary" generate "$golden/v3-tiny" --tokens 1,999
refused 2 "expected token ids" logits "$golden/v3-tiny" --tokens 1,x --out "$work/l.safetensors"
refused 2 "expected float32 or bfloat16" generate "$golden/v3-tiny" --tokens 1 --dtype float33
refused 2 "did you mean 'cuda'" generate "$golden/v3-tiny" --tokens 1 --device cudaa
if ! command -v nvidia-smi >/dev/null; then
  refused 2 "sees no CUDA device" generate "$golden/v3-tiny" --tokens 1 --device cuda
  refused 2 "sees no CUDA device" train recipes/octet-mini.toml --device cuda
fi
refused 2 "temperature" generate "$golden/v3-tiny" --tokens 1 --temperature -1
refused 2 "needs" generate "$golden/v3-tiny" --tokens 1 --memory 1MiB
refused 2 "no multi-token-prediction" logits "$golden/v3-tiny" --tokens 1 --mtp --out "$work/l.safetensors"
mkdir "$work/broken"
cp "$golden/v3-tiny/config.json" "$work/broken/"
head -c 1000 "$golden/v3-tiny/model.safetensors" >"$work/broken/model.safetensors"
refused 2 "model.safetensors" generate "$work/broken" --tokens 1

# Greedy continuations through the command line are the reference's.
python3 - "$octet" "$golden" <<'P' || fail "greedy continuations"
import json, struct, subprocess, sys
octet, golden = sys.argv[1:]
def tensor(path, name):
    data = open(path, "rb").read()
    n = struct.unpack("<Q", data[:8])[0]
    entry = json.loads(data[8 : 8 + n])[name]
    begin, end = entry["data_offsets"]
    return list(struct.unpack(f"<{(end - begin) // 8}q", data[8 + n + begin : 8 + n + end]))
for folder in ("v3-tiny", "v2lite-tiny", "v3-fp8", "v3-mtp"):
    path = f"{golden}/{folder}/expected.safetensors"
    for p in range(3):
        tokens = ",".join(map(str, tensor(path, f"tokens.{p}")))
        out = subprocess.run([octet, "generate", f"{golden}/{folder}", "--tokens", tokens, "--temperature", "0", "--max-tokens", "16",
                              "--ignore-eos", "--dtype", "float32", "--json"], check=True, capture_output=True, text=True).stdout
        answer = json.loads(out)
        assert answer["tokens"] == tensor(path, f"greedy.{p}"), (folder, p)
        assert answer["text"] is None and answer["finish_reason"] == "length", answer
P

"$octet" logits "$golden/v3-mtp" --tokens 5 --mtp --out "$work/one.safetensors"
python3 - "$work/one.safetensors" <<'P' || fail "shapes of a single token's logits"
import json, struct, sys
data = open(sys.argv[1], "rb").read()
header = json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])
assert header["logits"]["shape"] == [1, 256] and header["mtp_logits"]["shape"] == [0, 256], header
P

# The same seed gives the same answer; another gives another.
sample() { "$octet" generate "$golden/v3-tiny" --tokens 1,2,3 --temperature 1 --max-tokens 24 --ignore-eos --seed "$1"; }
[ "$(sample 7)" = "$(sample 7)" ] || fail "a seed does not repeat"
[ "$(sample 7)" != "$(sample 8)" ] || fail "two seeds agree"

"$octet" inspect deepseek-v3 --json >"$work/inspect.json"
json_has "$work/inspect.json" parameters mtp_parameters active_parameters cache_bytes_per_token training_flops_per_token tensors

if [ -f models/octet-mini/model.safetensors ]; then
  echo "What is 28 plus 14?" | "$octet" chat mini --temperature 0 >"$work/chat"
  [ -s "$work/chat" ] || fail "chat says nothing to a piped question"
  "$octet" generate mini --prompt "Hello" --temperature 0 --json >"$work/generate.json"
  json_has "$work/generate.json" tokens text finish_reason prompt_tokens seconds_prefill seconds_decode
fi

[ "$failures" = 0 ] && echo "all held"
exit $((failures > 0))
