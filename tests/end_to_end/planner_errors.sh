#!/usr/bin/env bash
# Bad input to the planner, the simulator, the cost views and the auditor: one clear line on stderr that names what is
# wrong, nothing on stdout, exit code 2. A line of the table is WORDS that the message must hold | the command's words.
set -uo pipefail
cd "$(dirname "$0")/../.."
octet=$(realpath "${OCTET:?path of the octet program}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

v3='plan train deepseek-v3 --gpu h800 --gpus 2048 --layout pp=16,ep=64 --batch 15360 --seq 4096'
pool='plan serve deepseek-v3 --gpu h100 --gpus 72 --role decode --layout ep=72 --redundant-experts 32 --batch-per-gpu 256 --context 2000'
day='plan serve deepseek-v3 --fleet h800x4000'
rl='plan rl deepseek-v3 --fleet h800x512 --train-layout pp=16,ep=32'
simulate='simulate deepseek-v3 --fleet h800x256 --layout pp=8,ep=16 --batch 768 --seq 4096'

# Files, each spoilt in one place.
w() { printf '%b' "$2" >"$work/$1"; }
w claim-nan.toml 'statement = "s"\nsource = "t"\nkind = "cost"\n[claimed]\ncost = nan\n'
w claim-bare.toml 'statement = "s"\nsource = "t"\nkind = "cost"\n[claimed]\ngpus = "2048"\n'
w claim-number.toml 'statement = "s"\nsource = "t"\nkind = "cost"\n[claimed]\ngpus = 2048\n'
w claim-negative.toml 'statement = "s"\nsource = "t"\nkind = "cost"\n[claimed]\ncost = "-$5M"\n'
w claim-huge.toml 'statement = "s"\nsource = "t"\nkind = "cost"\n[claimed]\ncost = "1e999 $"\n'
w claim-kind.toml 'statement = "s"\nsource = "t"\nkind = "costs"\n[claimed]\ncost = "$5M"\n'
w claim-gpu.toml 'statement = "s"\nsource = "t"\nkind = "cost"\ngpu = "h900"\n[claimed]\ncost = "$5M"\n'
w claim-formula.toml 'statement = "s"\nsource = "t"\nkind = "sum"\n[claimed]\ncost = "$5M"\n[[relation]]\nclaimed = "cost"\ncomputed = "cost +"\n'
w claim-broken.toml 'statement = "s\n'
w claim-empty.toml ''
w claim-zero.toml 'statement = "s"\nsource = "t"\nkind = "sum"\n[claimed]\ncost = "$5M"\n[[relation]]\nclaimed = "cost"\ncomputed = "1/0"\n'
w claim-euro.toml 'statement = "s"\nsource = "t"\nkind = "cost"\n[claimed]\ncost = "5M EUR"\n'
w book-lacks.toml 'title = "t"\ndate = 2024-12-27\nsubject = "tco"\n[values]\nnetwork = { value = "5 $/node", tag = "stated", source = "s" }\n'
w book-date.toml 'title = "t"\ndate = "yesterday"\nsubject = "tco"\n[values]\nserver = { value = "5 $/node", tag = "stated", source = "s" }\n'
w fleet-node.toml 'gpu = "h800"\ngpus = 64\ngpus_per_node = 4\n'
w book-negative.toml 'title = "t"\ndate = 2024-12-27\nsubject = "tco"\n[values]\nserver = { value = "-5 $/node", tag = "stated", source = "s" }\n'
w book-unit.toml 'title = "t"\ndate = 2024-12-27\nsubject = "tco"\n[values]\nserver = { value = "258,001", tag = "stated", source = "s" }\n'
w book-source.toml 'title = "t"\ndate = 2024-12-27\nsubject = "tco"\n[values]\nserver = { value = "258,001 $/node", tag = "stated" }\n'
w book-range.toml 'title = "t"\ndate = 2024-12-27\nsubject = "tco"\n[values]\nserver = { value = "5 $/node", low = "6 $/node", tag = "stated", source = "s" }\n'
w book-subject.toml 'title = "t"\ndate = 2024-12-27\nsubject = "moon"\n[values]\nserver = { value = "5 $/node", tag = "stated", source = "s" }\n'
w fleet-unknown.toml 'gpu = "h800"\ngpus = 64\nfabrik = "rails"\n'
w fleet-fabric.toml 'gpu = "h800"\ngpus = 64\n[network]\nfabric = "mesh"\n'
w fleet-nan.toml 'gpu = "h800"\ngpus = 64\n[failures]\ngpu_mtbf_hours = nan\n'
w fleet-count.toml 'gpu = "h800"\ngpus = -8\n'
w load-curve.toml 'input = "608B"\noutput = "168B"\ncurve = [1, 2, 3]\n'
w load-nan.toml 'input = "608B"\noutput = "168B"\nhit = nan\n'
w speeds-empty.toml 'processor = "p"\nthreads = 2\ndtype = "bfloat16"\n[besides]\ndense_layer_us = 1\nexpert_layer_us = 1\npass_us = 1\n[narrow]\nproducts_gflops = 0\n'
w table-kind.toml '[[measurement]]\nname = "a"\nkind = "speed"\nvalue = 1\nsource = "s"\n'
w table-nan.toml '[[measurement]]\nname = "a"\nkind = "hbm_gbps"\nvalue = nan\nsource = "s"\n'
w table-fast.toml '[[measurement]]\nname = "a"\nkind = "fp8_tflops"\nvalue = 155000\nsource = "s"\n'
w recipe-two.toml '[model]\npreset = "octet-mini"\n[schedule]\nminutes = 1\nsteps = 5\n'
w recipe-model.toml '[model]\npreset = "octet-mega"\n[schedule]\nminutes = 1\n'
w config.json '{"model_type": "deepseek_v3", "hidden_size": -1}'
head -c 4096 /dev/urandom >"$work/bytes.toml"
rm -f "$work/missing.toml"

count=0 failed=0
while IFS='|' read -r words line; do
  [ -n "$words" ] || continue
  words=${words%"${words##*[![:space:]]}"}
  eval "set -- $line"
  code=0
  out=$("$octet" "$@" 2>"$work/stderr") || code=$?
  count=$((count + 1))
  problem=
  [ "$code" = 2 ] || problem="exit code $code instead of 2"
  [ -z "$out" ] || problem="$problem; stdout: $(head -c 100 <<<"$out")"
  [ "$(wc -l <"$work/stderr")" = 1 ] || problem="$problem; $(wc -l <"$work/stderr") lines on stderr"
  grep -qF -- "$words" "$work/stderr" || problem="$problem; '$words' is not said"
  [ "$(wc -c <"$work/stderr")" -lt 700 ] || problem="$problem; the line is too long to read"
  [ -z "$problem" ] || { echo "octet $line: ${problem#; }: $(head -c 400 "$work/stderr")"; failed=1; }
done <<TABLE
unknown GPU 'h8000'            | ${v3/h800/h8000}
unknown GPU                    | plan train deepseek-v3 --fleet h900x64 --batch 64 --seq 4096
the machines are missing       | plan train deepseek-v3 --batch 64 --seq 4096
--gpus                         | ${v3/2048/-1}
--gpus                         | ${v3/2048/99999999999}
--gpus                         | ${v3/2048/many}
--batch is missing             | plan train deepseek-v3 --fleet h800x64 --seq 4096
--batch                        | ${v3/15360/-5}
--batch                        | ${v3/15360/nan}
--batch                        | ${v3/15360/99999999999999999999}
--seq                          | ${v3/4096/0}
does not divide                | ${v3/pp=16/pp=15}
exceeds                        | ${v3/ep=64/ep=256}
stages for 61 layers           | ${v3/pp=16,ep=64/pp=256}
expected key=number            | ${v3/ep=64/experts=64}
expected an integer            | ${v3/ep=64/ep=-64}
expected an integer            | ${v3/ep=64/ep=1e99}
'dualpipes'                    | $v3 --schedule dualpipes
dualpipe                       | plan train deepseek-v3 --fleet h800x192 --layout pp=3 --batch 768 --seq 4096 --schedule dualpipe
'fp9'                          | $v3 --precision fp9
no FP8                         | ${v3/h800/a100} --precision fp8
--price                        | $v3 --price -1
--price                        | $v3 --price nan
--price                        | $v3 --price inf
--expert-imbalance             | $v3 --expert-imbalance 0.5
--micro-batch                  | $v3 --micro-batch 0
--tokens                       | $v3 --tokens 14.8
--tokens                       | $v3 --tokens -14T
--tokens                       | $v3 --tokens 14.8TB
say the same thing             | $v3 --tokens 14.8T --steps 5
--steps                        | $v3 --steps -5
--mtp                          | $v3 --mtp 7
--most                         | plan train deepseek-v3 --fleet h800x64 --batch 64 --seq 4096 --search --most -1
--price                        | plan train deepseek-v3 --fleet h800x64 --batch 64 --seq 4096 --search --price -1
--mtp                          | plan train deepseek-v3 --fleet h800x64 --batch 64 --seq 4096 --search --mtp 9
no model 'deepseek-v33'        | ${v3/deepseek-v3/deepseek-v33}
config.json                    | ${v3/deepseek-v3/$work/config.json}
stands in place                | $v3 --fleet h800x64
expected NAMExCOUNT            | plan train deepseek-v3 --fleet 64 --batch 64 --seq 4096
fabrik                         | plan train deepseek-v3 --fleet $work/fleet-unknown.toml --batch 64 --seq 4096
fabric                         | plan train deepseek-v3 --fleet $work/fleet-fabric.toml --batch 64 --seq 4096
gpu_mtbf_hours                 | plan train deepseek-v3 --fleet $work/fleet-nan.toml --batch 64 --seq 4096
gpus                           | plan train deepseek-v3 --fleet $work/fleet-count.toml --batch 64 --seq 4096
missing.toml                   | plan train deepseek-v3 --fleet $work/missing.toml --batch 64 --seq 4096
bytes.toml                     | plan train deepseek-v3 --fleet $work/bytes.toml --batch 64 --seq 4096
one of minutes                 | plan train --recipe $work/recipe-two.toml --peak 1e11
octet-mega                     | plan train --recipe $work/recipe-model.toml --peak 1e11
--peak                         | plan train --recipe recipes/octet-mini.toml --peak -5
--share                        | plan train --recipe recipes/octet-mini.toml --peak 1e11 --share 7
missing.toml                   | plan train --recipe $work/missing.toml --peak 1e11
config.json                    | $v3 --html $work/config.json/page.html
--role                         | ${pool/decode/decoder}
--redundant-experts 32         | ${pool/--redundant-experts 32/--redundant-experts 31}
--batch-per-gpu                | ${pool/256/-256}
--context                      | ${pool/2000/0}
--context                      | ${pool/2000/2.5}
--mtp-accept                   | $pool --mtp-accept 1.5
--imbalance                    | $pool --imbalance nan
no MTP                         | plan serve kimi-k2 --gpu h100 --gpus 96 --role decode --layout ep=96 --batch-per-gpu 8 --context 2000 --mtp-accept 0.5
knows tp, ep and dp            | ${pool/ep=72/ep=72,pp=2}
output                         | $day --load input=608B
check the units                | $day --load input=608,output=168B
hits                           | $day --load input=608B,output=168B,hits=3%
hit                            | $day --load input=608B,output=168B,hit=300%
peak                           | $day --load input=608B,output=168B,peak=nan
24 numbers                     | $day --load $work/load-curve.toml
hit                            | $day --load $work/load-nan.toml
--slo                          | $day --load input=608B,output=168B --slo ttft=2
--slo                          | $day --load input=608B,output=168B --slo ttft=-2s
--price                        | $day --load input=608B,output=168B --price -2
--price                        | $day --load input=608B,output=168B --price two
decode                         | plan serve mini --machine prefill=900 --load input=1M,output=1M
decode                         | plan serve mini --machine prefill=900,decode=-1 --load input=1M,output=1M
--cpu                          | plan serve deepseek-v3 --cpu measure --gpu h800
products_gflops                | plan serve mini --cpu $work/speeds-empty.toml
missing.toml                   | plan serve mini --cpu $work/missing.toml
--train-layout                 | plan rl deepseek-v3 --fleet h800x512 --train-layout pp=15
--answers                      | $rl --answers 8.5
--answers                      | $rl --answers 0
--max-length                   | $rl --max-length 10
--length-spread                | $rl --length-spread nan
--price                        | $rl --price -1
--rollout-layout               | $rl --rollout-layout pp=2
--rollout-layout               | $rl --rollout-layout ep=7
--rollout-layout               | $rl --rollout-layout ep=x
--train-layout                 | plan rl deepseek-v3 --fleet h800x512 --train-layout pp=x
--updates                      | $rl --updates 0
--slow                         | $simulate --slow 17
--slow                         | $simulate --slow 999:1.2
--slow                         | $simulate --slow 17:nan
--jitter                       | $simulate --jitter nan
--jitter                       | $simulate --jitter -1
--exchange                     | $simulate --exchange fast
has no experts                 | simulate llama-3.1-8b --fleet h800x64 --layout tp=8 --batch 64 --seq 4096 --exchange latency
--tokens-a-rank                | $simulate --exchange latency --tokens-a-rank 0
too many to simulate           | simulate deepseek-v3 --fleet h800x16 --layout pp=16 --batch 90000000 --seq 4096
config.json                    | $simulate --trace $work/config.json/trace.json
--price                        | cost run --gpu-hours 2788K --price -2
--gpu-hours                    | cost run --gpu-hours 2788.5
--gpu-hours                    | cost run --gpu-hours '5 dollars'
--time                         | cost run --gpus 512 --time 198
a run needs its GPU hours      | cost run --gpus 512
--bandwidth                    | cost ep-bound --bandwidth 50
--bandwidth                    | cost ep-bound --bandwidth '0 GB/s'
--tokens                       | cost ep-bound --tokens nan
--set                          | cost organisation --set 'staf=250 people'
staff                          | cost organisation --set 'staff=250'
staff                          | cost organisation --set 'staff=250 GPUs'
staff                          | cost organisation --set 'staff=-250 people'
no price book                  | cost tco --book h201-tco
-5 \$/node                     | cost tco --book $work/book-negative.toml
without its unit               | cost tco --book $work/book-unit.toml
source                         | cost tco --book $work/book-source.toml
out of order                   | cost tco --book $work/book-range.toml
moon                           | cost tco --book $work/book-subject.toml
config.json                    | cost published --svg $work/config.json/a.svg
claim-nan.toml                 | cost audit $work/claim-nan.toml
without its unit               | cost audit $work/claim-bare.toml
without its unit               | cost audit $work/claim-number.toml
negative                       | cost audit $work/claim-negative.toml
claim-huge.toml                | cost audit $work/claim-huge.toml
kind                           | cost audit $work/claim-kind.toml
h900                           | cost audit $work/claim-gpu.toml
relation 1                     | cost audit $work/claim-formula.toml
not valid TOML                 | cost audit $work/claim-broken.toml
statement                      | cost audit $work/claim-empty.toml
bytes.toml                     | cost audit $work/bytes.toml
missing.toml                   | cost audit $work/missing.toml
kind                           | calibrate-hardware $work/table-kind.toml
value                          | calibrate-hardware $work/table-nan.toml
as h800 can be                 | calibrate-hardware $work/table-fast.toml
measurement                    | calibrate-hardware $work/claim-empty.toml
--tokens                       | $v3 --tokens 0
--tokens                       | $v3 --tokens 999999999999999999T
--steps                        | $v3 --steps 0
--steps                        | $v3 --steps -1
--mtp                          | $v3 --mtp -1
1 to 64                        | $v3 --expert-imbalance 65
1 to 1 with ep=1               | ${v3/,ep=64/} --expert-imbalance 2
octet plan train --help        | $v3 --nothing
octet plan serve --help        | $pool --gpus many
--cached                       | $pool --cached 100
--cached                       | ${pool/decode/prefill} --cached 2000
--price                        | $pool --price 2
1 to 72                        | $pool --imbalance 73
--redundant-experts            | ${pool/32/-1}
cannot hold a prompt           | $day --load input=608B,output=168B,prompt=1000,context=10
given twice                    | $day --load input=608B,input=608B,output=168B
--layout                       | $day --load input=608B,output=168B --layout ep=144
--imbalance                    | $day --load input=608B,output=168B --imbalance 2
--decode-layout                | $day --load input=608B,output=168B --decode-layout ep=144,dp=2
--price                        | plan serve mini --machine prefill=900,decode=45 --load input=10M,output=1M --price 5
gpus_per_node                  | plan train deepseek-v3 --fleet $work/fleet-node.toml --batch 64 --seq 4096
--tokens                       | cost run --model deepseek-v3 --fleet h800x2048 --layout pp=16,ep=64 --batch 15360 --seq 4096 --tokens 0
0 to 100 %                     | cost deepseek-v3 --set 'busy=200 %'
PUE                            | cost tco --set 'pue=0.5 x'
more than the input            | cost serving-day --set 'hits=700B tokens'
lacks 'server'                 | cost tco --book $work/book-lacks.toml
a day such as                  | cost tco --book $work/book-date.toml
divides by zero                | cost audit $work/claim-zero.toml
dollars                        | cost audit $work/claim-euro.toml
did you mean                   | plan train deepseek-v3 --fleat h800x64
subcommand                     | plan
unknown command 'costs'        | costs deepseek-v3
TABLE

echo "$count inputs, $([ $failed = 0 ] && echo all refused in one line || echo NOT all refused in one line)"
[ "$count" -ge 100 ] && [ $failed = 0 ]
