#!/usr/bin/env bash
# Every planner command as a program sees it: --help with an example; --json is one object with the keys that scripts
# rely on, and with --explain each number's value, formula and source; --html is one page that fetches nothing; the trace
# is Chrome's; exit codes 3 and 4 still print the object.
set -uo pipefail
cd "$(dirname "$0")/../.."
octet=$(realpath "${OCTET:?path of the octet program}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# object CODE KEYS ARGS…: the exit code, and an object that holds KEYS (a.b.c goes down, comma between keys). KEYS that begin
# with "explain" ask for --explain too.
object() {
  local expected=$1 keys=$2 code=0
  shift 2
  local more=()
  case $keys in explain*) more=(--explain) ;; esac
  "$octet" "$@" --json "${more[@]}" >"$work/out" 2>"$work/err" || code=$?
  python3 - "$expected" "$code" "$keys" "$work/out" <<'P' || { echo "octet $*: $(head -c 300 "$work/err")"; failed=1; }
import json, sys
expected, code, keys, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(","), sys.argv[4]
if code != expected:
    sys.exit(f"exit code {code} instead of {expected}")
def finite(text):
    raise ValueError(f"{text} is no JSON number")
value = json.loads(open(path).read(), parse_constant=finite)
for key in keys:
    found = value
    for part in key.split("."):
        if part not in found:
            sys.exit(f"no key {key}")
        found = found[part]
    if key == "explain":
        for line in found:
            if not all(line.get(k) for k in ("name", "value", "formula", "source")):
                sys.exit(f"explained without its value, formula or source: {line}")
        if len(found) < 3:
            sys.exit(f"only {len(found)} numbers are explained")
P
}

# page ARGS…: --html writes one page with pictures and tables, and nothing outside it is named.
page() {
  "$octet" "$@" --html "$work/page.html" >/dev/null 2>"$work/err" || { echo "octet $* --html: $(cat "$work/err")"; failed=1; return; }
  python3 - "$work/page.html" <<'P' || { echo "octet $* --html"; failed=1; }
import html.parser, sys
text = open(sys.argv[1]).read()
class Page(html.parser.HTMLParser):
    tags = {}
    def handle_starttag(self, tag, attributes):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        for name, _ in attributes:
            if name in ("src", "href", "onload", "onclick"):
                sys.exit(f"{tag} {name} reaches outside")
page = Page()
page.feed(text)
for tag in ("svg", "table", "h1", "title"):
    if not page.tags.get(tag):
        sys.exit(f"no {tag}")
for word in ("script", "link", "img", "iframe"):
    if page.tags.get(word):
        sys.exit(f"a {word}")
if "nan" in text.lower().replace("nanc", ""):
    sys.exit("a number that is none")
P
}

train=(plan train deepseek-v3 --fleet h800x2048 --layout pp=16,ep=64 --batch 15360 --seq 4096 --schedule dualpipe --precision fp8)
pool=(plan serve deepseek-v3 --gpu h100 --gpus 72 --role decode --layout ep=72 --redundant-experts 32 --batch-per-gpu 256 --context 2000)
prefill=(plan serve deepseek-v3 --gpu h100 --gpus 32 --role prefill --layout ep=32 --redundant-experts 32 --batch-per-gpu 16 --context 1024)
load=input=608B,output=168B,hit=56.25%,context=4989,peak=1.226
day=(plan serve deepseek-v3 --fleet h800x4000 --load $load --slo ttft=2s,tpot=50ms --prefill-layout ep=32 --decode-layout ep=144)
rl=(plan rl deepseek-v3 --fleet h800x512 --rounds 650 --redundant-experts 32 --train-layout pp=16,ep=32 --schedule dualpipe)
recipe=(plan train --recipe recipes/octet-mini.toml --peak 1e11)
machine=(plan serve mini --machine prefill=900,decode=45 --load input=10M,output=1M)
cpu=(plan serve mini --cpu docs/cost/two-cores.toml --load input=10M,output=1M)
simulate=(simulate deepseek-v3 --fleet h800x512 --layout pp=16,ep=32 --batch 1024 --seq 4096 --schedule dualpipe --precision fp8)

object 0 explain,tokens_per_second_per_gpu,model_tflops_per_gpu,step_seconds,gpu_hours,dollars,memory_gib_per_gpu,fits,interval.step_seconds.low,memory_gib.activations,memory_gib_by_rank,step.bubble,step_of_which.exposed_exchange,step_of_which.pipeline,step_of_which.data_parallel,goodput.share,energy_kwh "${train[@]}"
object 3 explain,fits,remedy,memory_gib_margin plan train deepseek-v3 --fleet h800x256 --layout pp=2,ep=8 --batch 1024 --seq 4096
object 0 explain,front,lost,tried "${train[@]}" --search --most 200
object 0 explain,tokens_per_second,seconds,dollars,interval.tokens_per_second.low "${recipe[@]}"
object 0 explain,tokens_per_second_per_node,tpot_ms,memory_gib_per_gpu,fits,interval.tpot_ms.low "${pool[@]}"
object 0 explain,tokens_per_second_per_node,ttft_ms,memory_gib_per_gpu,fits,interval.ttft_ms.low "${prefill[@]}"
object 3 fits,tokens_per_second_per_node "${pool[@]/2000/80000}"
object 0 explain,nodes,dollars_per_day,dollars_per_million.input,dollars_per_million.hit,dollars_per_million.output,prefill.nodes_by_hour,decode.expert_imbalance,interval.nodes.low "${day[@]}"
object 4 meets,missed "${day[@]/h800x4000/h800x800}"
object 0 explain,machines,dollars_per_million.output "${machine[@]}"
object 0 explain,prefill_tokens_per_second,decode_tokens_per_second,tpot_ms,fits,meets,interval.tpot_ms.low "${cpu[@]}"
object 4 meets,missed "${cpu[@]}" --slo ttft=2s,tpot=1us
object 0 explain,rollout_share,training_share,tail_share,refresh_seconds,dollars_per_update,dollars,interval.dollars.low "${rl[@]}"
object 0 explain,step_seconds,waiting,expert_load,bytes_sent,bytes_received,run.goodput,run.failures "${simulate[@]}" --slow 17:1.2
object 3 fits,step_seconds simulate deepseek-v3 --fleet h800x256 --layout pp=8,ep=16 --batch 768 --seq 4096 --schedule dualpipe --precision fp8
object 3 fits,dollars cost run --model deepseek-v3 --fleet h800x2048 --layout pp=16 --batch 15360 --seq 4096 --tokens 14.8T --precision fp8
object 0 explain,dispatch_us,combine_us,imbalance "${simulate[@]}" --exchange latency
object 0 views.rental.lines,views.amortised.lines,views.organisation.lines,tornado.organisation,table cost deepseek-v3
object 0 gpu_hours,dollars,lines,inputs,tornado cost deepseek-r1
object 0 gpu_hours,price,dollars,lines cost run --gpu-hours 2788K --price 2
object 0 capital_per_gpu_hour,operating_per_gpu_hour,dollars_per_gpu_hour,lines cost tco
object 0 dollars_per_year,lines,tornado cost organisation
object 0 dollars_per_day,revenue_per_day,margin,lines cost serving-day
object 0 cases cost published
object 0 explain,exchange_us,step_ms,tokens_per_second cost ep-bound
object 0 books cost books
object 0 verdict,findings,scope.included,scope.excluded cost audit claims/v3-for-six-million.toml
object 0 explain,constants.hbm,residuals calibrate-hardware

page "${train[@]}"
page "${train[@]}" --search --most 200
page "${recipe[@]}"
page "${pool[@]}"
page "${prefill[@]}"
page "${day[@]}"
page "${machine[@]}"
page "${cpu[@]}"
page "${rl[@]}"

"$octet" "${simulate[@]}" --trace "$work/trace.json" >/dev/null || failed=1
python3 - "$work/trace.json" <<'P' || { echo "the trace"; failed=1; }
import json, sys
events = json.load(open(sys.argv[1]))["traceEvents"]
spans = [e for e in events if e["ph"] == "X"]
assert {e["tid"] for e in spans} == set(range(16)), "a row for every pipeline rank"
ends = {}
for e in sorted(spans, key=lambda e: e["ts"]):
    assert e["dur"] >= 0 and e["ts"] >= ends.get(e["tid"], 0) - 1e-3, f"two at once on rank {e['tid']}"
    ends[e["tid"]] = e["ts"] + e["dur"]
P
"$octet" cost deepseek-v3 --svg "$work/run.svg" >/dev/null && "$octet" cost published --svg "$work/errors.svg" >/dev/null || failed=1
python3 -c 'import sys, xml.dom.minidom as x; [x.parse(p) for p in sys.argv[1:]]' "$work/run.svg" "$work/errors.svg" || { echo "a picture"; failed=1; }

for command in "plan train" "plan serve" "plan rl" simulate calibrate-hardware "cost deepseek-v3" "cost deepseek-r1" "cost run" \
  "cost tco" "cost organisation" "cost serving-day" "cost published" "cost ep-bound" "cost books" "cost audit"; do
  # shellcheck disable=SC2086
  "$octet" $command --help >"$work/help" || failed=1
  for word in --json --explain Example; do
    grep -q -- "$word" "$work/help" || { echo "octet $command --help: no $word"; failed=1; }
  done
done

[ $failed = 0 ] && echo "all held"
exit $failed
