"""How long the planner takes, against what it promises on two cores: medians of repeats.

Speeds are the machine's: nothing here fails. The last rows set octet's own measured speeds to work: octet-mini's
predicted tokens a second beside its measured ones, in the same run.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

octet = os.environ["OCTET"]
repeats = 5
fleet = ["--fleet", "h800x2048", "--layout", "pp=16,ep=64", "--batch", "15360", "--seq", "4096"]
v3 = ["deepseek-v3", *fleet, "--schedule", "dualpipe", "--precision", "fp8"]
day = ["deepseek-v3", "--fleet", "h800x4000", "--slo", "ttft=2s,tpot=50ms", "--load",
       "input=608B,output=168B,hit=56.25%,context=4989,peak=1.226"]


def run(*args):
    """Seconds of the whole command, processor seconds, and its object."""
    before, start = os.times(), time.monotonic()
    out = subprocess.run([octet, *args, "--json"], capture_output=True, text=True)
    seconds, after = time.monotonic() - start, os.times()
    if out.returncode not in (0, 3, 4):
        sys.exit(f"octet {' '.join(args)}: {out.stderr.strip()}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, cpu, json.loads(out.stdout)


def row(what, promised, values, unit="s"):
    middle = statistics.median(values)
    print(f"  {what:<58} {middle:>9.3g} {unit:<2}  {min(values):.3g} to {max(values):.3g}   promised {promised:g} {unit}")


def repeated(what, promised, args, times=repeats):
    runs = [run(*args) for _ in range(times)]
    row(what, promised, [seconds for seconds, _, _ in runs])
    return runs


print(f"  {'on ' + str(len(os.sched_getaffinity(0))) + ' cores':<58} {'median':>9}     range")
runs = repeated("octet plan train, the whole command", 0.5, ["plan", "train", *v3], 9)
row("  of it the plan", 10, [1e3 * out["planning_seconds"] for _, _, out in runs], "ms")
runs = repeated("octet plan train --search --most 10000", 5, ["plan", "train", *v3, "--search", "--most", "10000"], 3)
row("  of it 10,000 layouts", 5, [out["search_seconds"] * 10000 / out["tried"] for _, _, out in runs])
repeated("octet simulate, a step of 2048 GPUs", 2, ["simulate", *v3])
repeated("octet plan serve, a day", 30, ["plan", "serve", *day], 3)
large = ["deepseek-v3", "--fleet", "h800x98304", "--layout", "pp=16,ep=64", "--batch", "737280", "--seq", "4096",
         "--schedule", "dualpipe", "--precision", "fp8"]
repeated("octet simulate, a step of 98,304 GPUs", 120, ["simulate", *large], 1)
repeated("octet cost published", 5, ["cost", "published"], 3)

print("  octet-mini on this machine, by octet's own measured speeds")
with tempfile.TemporaryDirectory() as work:
    keep = os.path.join(work, "speeds.toml")
    for sequences in (1, 8):
        load = ["plan", "serve", "mini", "--batch-per-gpu", str(sequences), "--prompt", "512", "--context", "512"]
        _, _, out = run(*load, "--cpu", "measure", "--keep-speeds", keep)
        for key in ("prefill", "decode"):
            predicted, measured = out[f"{key}_tokens_per_second"], out["measured"][f"{key}_tokens_per_second"]
            print(f"  {key + ', ' + str(sequences) + ' together':<58} {predicted:>9.4g}     measured {measured:.4g} "
                  f"tokens/s: {100 * (predicted / measured - 1):+.0f} %")
