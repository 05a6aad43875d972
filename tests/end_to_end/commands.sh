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

for command in build stats show; do
  "$octet" data "$command" --help >"$work/help" || fail "data $command --help"
  grep -q "^  octet data $command" "$work/help" || fail "data $command --help has no example of its own"
done

refused 2 "did you mean 'chat'" chatt
refused 2 "unknown subcommand 'bild'; did you mean 'build'" data bild
refused 2 "unknown subcommand 'trian'" plan trian
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

# Numbers are decimal and in full.
tiny=$golden/v3-tiny
for seed in 0x10 010 -1 1.5 ""; do
  refused 2 "--seed: expected a not negative whole number" generate "$tiny" --tokens 1 --seed "$seed"
done
refused 2 "--top-k: expected a whole number" generate "$tiny" --tokens 1 --top-k 0x10
refused 2 "--temperature: expected a number" generate "$tiny" --tokens 1 --temperature nan
refused 2 "--memory: expected more than nothing" generate "$tiny" --tokens 1 --memory 0
refused 2 "--memory: '' is no size" generate "$tiny" --tokens 1 --memory ""
for tokens in 1,,2 1,2, 010 ,1 ""; do
  refused 2 "--tokens: expected token ids such as 1,2,3, found '$tokens'" generate "$tiny" --tokens "$tokens"
done
refused 2 "expected a server's address" chat --server http://127.0.0.1:99999
refused 2 "File name too long" generate "$(printf 'x%.0s' {1..300})" --tokens 1
refused 2 "has no tokenizer.json" generate --stop X "$tiny" --tokens 1  # --stop leaves MODEL alone
refused 2 "lone: expected a model's folder" serve --alias one lone

# The streams: an answer that is lost is an error, a message that is lost is none, a reader that leaves hears nothing.
ends_with() {  # CODE WHAT STATUS
  [ "$1" = "$3" ] || fail "$2: exit code $3, expected $1"
}
status=0
"$octet" inspect deepseek-v3 --json >/dev/full 2>"$work/stderr" || status=$?
ends_with 2 "a full disk on stdout" "$status"
grep -q "cannot write to stdout" "$work/stderr" || fail "a full disk on stdout: $(cat "$work/stderr")"
status=0
"$octet" generate "$tiny" --tokens 1 --max-tokens 1 >/dev/full 2>"$work/stderr" || status=$?
ends_with 2 "a full disk on the engine's stdout" "$status"
status=0
"$octet" --help >/dev/full 2>/dev/null || status=$?
ends_with 2 "a full disk on the help's stdout" "$status"
status=0
"$octet" generate nosuch --prompt x 2>/dev/full || status=$?
ends_with 2 "an error that nobody can read" "$status"
status=0
"$octet" generate nosuch --prompt x 2>&- || status=$?
ends_with 2 "an error without a stderr" "$status"
{ sleep 0.2; "$octet" inspect deepseek-v3 --json 2>"$work/stderr" || true; } | true
[ ! -s "$work/stderr" ] || fail "a closed pipe: $(cat "$work/stderr")"
(trap '' PIPE; sleep 0.2; "$octet" inspect deepseek-v3 --json 2>"$work/stderr" || true) | true
[ ! -s "$work/stderr" ] || fail "a closed pipe with SIGPIPE ignored: $(cat "$work/stderr")"

# What is in the way of --out stays.
mkdir "$work/mine"
for i in {1..200}; do printf 'Line %s of a text that is mine.\n\n' "$i"; done >"$work/mine/a.txt"
printf 'vocab_size = 300\nvalidation = 0.1\n[[source]]\nkind = "text"\nfiles = ["a.txt"]\ndocument_bytes = 64\n' \
  >"$work/mine/r.toml"
refused 2 "made by octet data build" data build "$work/mine/r.toml" --out "$work/mine"
[ -s "$work/mine/a.txt" ] && [ -s "$work/mine/r.toml" ] || fail "data build took what was in its way"
"$octet" data build "$work/mine/r.toml" --out "$work/data" >"$work/built" 2>/dev/null || fail "data build"
"$octet" data stats "$work/data" | cmp - "$work/built" || fail "data stats says something else than data build"
mkdir "$work/damaged"
echo '{"format": "octet-data-1", "name": "x", "tokenizer_hash": "0", "vocab_size": 9,
  "sources": [{"name": "a", "weight": 1, "train": {}, "validation": {}}]}' >"$work/damaged/data.json"
refused 2 "tokens: expected an integer" data stats "$work/damaged"
refused 2 "tokens: expected an integer" data stats "$work/damaged" --json
mkdir -p "$work/locked/tokenizer_config.json"
refused 2 "tokenizer_config.json: cannot write" train-tokenizer --vocab 300 --out "$work/locked" "$work/mine/a.txt"

# A run that is stopped says how it goes on, with what was set.
printf '[model]\nconfig = "%s"\nvocab_from_data = true\n[data]\ndir = "%s"\n[batch]\ntokens = 32\nsequence_length = 16
[schedule]\nminutes = 60\n' "$PWD/$golden/v3-mtp/config.json" "$work/data" >"$work/recipe.toml"
"$octet" train "$work/recipe.toml" --set optimizer.kind=muon --set "optimizer.lr= 1e-3" --threads 1 \
  --out "$work/it's a run" >"$work/train" 2>/dev/full &
pid=$!
for _ in {1..300}; do
  [ -s "$work/it's a run/metrics.jsonl" ] && break
  sleep 0.1
done
kill -INT "$pid" || true
status=0
wait "$pid" || status=$?
ends_with 0 "a run that was stopped, and whose messages nobody could read" "$status"
next=$(sed -n 's/^stopped before the end; go on with: octet //p' "$work/train")
grep -qF -- "--set optimizer.kind=muon --set 'optimizer.lr= 1e-3' --threads 1 --resume" <<<"$next" ||
  fail "how to go on: $next"
refused 2 "expected the state of AdamW, found that of Muon" train "$work/recipe.toml" --resume "$work/it's a run"
eval "\"\$octet\" $next --set schedule.steps=1" 2>"$work/stderr" >/dev/null || true
grep -qF "has reached its length" "$work/stderr" || fail "how to go on does not find the run: $(cat "$work/stderr")"

# Weights that are no numbers are the file's fault; a context that nobody uses takes no memory.
python3 - "$octet" "$tiny" "$work" <<'P' || fail "damaged and vast models"
import json, pathlib, resource, shutil, struct, subprocess, sys
octet, tiny, work = sys.argv[1:]
def copy(name):
    folder = pathlib.Path(work) / name
    shutil.copytree(tiny, folder)
    return folder
def generate(folder, *more):
    return subprocess.run([octet, "generate", folder, "--tokens", "1,2", "--max-tokens", "2", *more],
                          capture_output=True, text=True)
nan = copy("nan") / "model.safetensors"
data = bytearray(nan.read_bytes())
n = struct.unpack("<Q", data[:8])[0]
begin, end = json.loads(data[8 : 8 + n])["model.norm.weight"]["data_offsets"]
data[8 + n + begin : 8 + n + end] = b"\xff" * (end - begin)
nan.write_bytes(data)
out = generate(nan.parent)
assert out.returncode == 2 and "logits are not finite" in out.stderr and out.stderr.count("\n") == 1, out
for positions in (100_000_000, 1 << 40):
    vast = copy(f"vast{positions}")
    config = json.loads((vast / "config.json").read_text())
    config["max_position_embeddings"] = positions
    (vast / "config.json").write_text(json.dumps(config))
    out = generate(vast, "--memory", "400MiB")
    assert out.returncode == 0, out
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
assert most < 1000, f"{most} MiB"
P

# Other servers' ways of saying the same, and what is no answer at all.
python3 - "$octet" <<'P' || fail "chat --server"
import http.server, json, subprocess, sys, threading
octet = sys.argv[1]
word = lambda text: json.dumps({"choices": [{"delta": {"content": text}}]})
odd = "expected an answer of OpenAI's chat API"
answers = {
    "no blank": ("data:" + word("Hello") + "\n\ndata:[DONE]\n\n", 0, "Hello"),
    "no end": ("data: " + word("Hello") + "\r\n\r\ndata: " + word(" you"), 0, "Hello you"),
    "one piece": (json.dumps({"choices": [{"message": {"content": "Hello"}}]}, indent=1), 0, "Hello"),
    "nulls": ('data: {"error": null, "choices": [{"delta": null}]}\n\ndata: ' + word("Hello") + "\n\n", 0, "Hello"),
    "a number": ('data: {"choices": [{"delta": {"content": 7}}]}\n\n', 2, odd),
    "a list": ('data: {"choices": [{"delta": []}]}\n\n', 2, odd),
    "no list": ('data: {"choices": "x"}\n\n', 2, odd),
    "an error": ('data: {"error": "out of luck"}\n\n', 2, "out of luck"),
    "nothing": ("", 2, "not valid JSON"),
    "a page": ("<html>", 2, "not valid JSON"),
}
body = ""
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, text):
        self.send_response(200)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())
    def do_GET(self): self.answer("<html>a page for every path</html>")
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(body)
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
for name, (body, code, text) in answers.items():
    out = subprocess.run([octet, "chat", "--server", f"http://127.0.0.1:{server.server_port}"], input="Hi",
                         capture_output=True, text=True)
    said = out.stdout if code == 0 else out.stderr
    assert out.returncode == code and text in said and said.count("\n") == 1, (name, out)
P

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
  "$octet" generate --stop zzz mini --prompt "Hello" --max-tokens 2 >/dev/null || fail "--stop takes the MODEL behind it"
  for tokens in 010 "" 1,,2 0x10; do
    refused 2 "expected token ids" detokenize mini --tokens "$tokens"
  done
  refused 2 "is no token" detokenize mini --tokens 4294967297

  # At a terminal: letters beyond ASCII without a locale, ~ in a file's name, and a history that outlives the terminal.
  python3 - "$octet" "$work" <<'P' || fail "chat at a terminal"
import os, pathlib, pty, signal, sys
octet, work = sys.argv[1], pathlib.Path(sys.argv[2])
history = work / "state/octet/history"
def until(terminal, text):  # and the prompt behind it
    seen = b""
    while text not in seen or not seen[seen.rindex(text):].endswith(b"> "):
        seen += os.read(terminal, 65536)
def session(*lines):
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(LC_ALL="C", HOME=str(work), XDG_STATE_HOME=str(work / "state"), TERM="vt100")
        os.execv(octet, [octet, "chat", "mini"])
    os.set_inheritable(terminal, False)  # else the next session keeps this one's terminal open
    until(terminal, b"commands.\r\n")
    for line, answer in lines:
        os.write(terminal, line.encode() + b"\n")
        until(terminal, answer)
    return pid, terminal
def end(pid, terminal):
    os.close(terminal)  # as when its window is closed
    os.waitpid(pid, 0)
signal.alarm(120)
one = session(("/system äöü – ü", b"\r\n"), ("/set seed 5", b"  seed 5\r\n"), ("/save ~/said.json", b"saved to"))
two = session(("/set seed 6", b"  seed 6\r\n"))
end(*one)
end(*two)
assert "äöü – ü" in (work / "said.json").read_text(), (work / "said.json").read_text()
text = history.read_text()
assert text.startswith("_HiStOrY_V2_\n") and "/set\\040seed\\0405\n" in text and "/set\\040seed\\0406\n" in text, text
assert history.stat().st_mode & 0o77 == 0
pid, terminal = session(("/set seed 7", b"  seed 7\r\n"))
os.write(terminal, b"\x10\x10\n")  # the line before the last, which the other session wrote
until(terminal, b"  seed 6\r\n")
end(pid, terminal)
P
fi

[ "$failures" = 0 ] && echo "all held"
exit $((failures > 0))
