#!/usr/bin/env python3
"""Training tokens/s: octet against transformers' DeepseekV3ForCausalLM in the same PyTorch.

Same shape, batch, sequence length and threads; the model is the one of an octet recipe, taken from a checkpoint's
config.json. transformers runs with fused AdamW, in float32 and under bfloat16 autocast, with eager and grouped_mm
experts; the fastest counts. octet's own figure comes from running the recipe for a number of steps.

Needs torch 2.13.0 and transformers 5.x in the Python that runs it. Example:

    python bench/train_vs_transformers.py --octet build/app/octet --recipe recipes/octet-mini.toml --steps 12
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--octet", required=True, help="the program")
    p.add_argument("--recipe", required=True, help="a training recipe whose data is there")
    p.add_argument("--steps", type=int, default=12, help="of which the first two are not timed")
    p.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    p.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="handed to octet train")
    p.add_argument("--json", action="store_true")
    return p.parse_args()


def run_octet(args, out):
    """Median tokens/s of octet's steps, the folder of the model's config, and the recipe as it held."""
    command = [args.octet, "train", args.recipe, "--out", out, "--threads", str(args.threads), "--json",
               "--set", f"schedule.steps={args.steps}", "--set", "validation.batches=0"]
    for setting in args.set:
        command += ["--set", setting]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    with open(os.path.join(out, "metrics.jsonl")) as f:
        speeds = [json.loads(line)["tokens_per_second"] for line in f]
    with open(os.path.join(out, "run.json")) as f:
        run = json.load(f)
    return statistics.median(speeds[2:]), json.loads(done.stdout)["model"], run


def run_transformers(folder, batch, length, steps, threads, autocast, experts):
    """Median tokens/s of the same model in transformers, on random tokens (the speed depends on them little)."""
    import torch
    from transformers import AutoConfig, DeepseekV3ForCausalLM

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    config = AutoConfig.from_pretrained(folder)
    config.use_cache = False
    config._experts_implementation = experts
    model = DeepseekV3ForCausalLM._from_config(config, dtype=torch.float32)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    speeds = []
    for _ in range(steps):
        tokens = torch.randint(0, config.vocab_size, (batch // length, length))
        begin = time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
            loss = model(input_ids=tokens, labels=tokens).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        speeds.append(batch / (time.perf_counter() - begin))
    return statistics.median(speeds[2:])


def main():
    args = parse()
    with tempfile.TemporaryDirectory() as out:
        octet, folder, run = run_octet(args, out)
        batch = run["recipe"]["batch"]["micro_batch"]
        length = run["recipe"]["batch"]["sequence_length"]
        results = {"octet": octet}
        for autocast in (True, False):
            for experts in ("eager", "grouped_mm"):
                name = f"transformers {'bf16 autocast' if autocast else 'float32'} {experts}"
                try:
                    results[name] = run_transformers(folder, batch, length, args.steps, args.threads, autocast, experts)
                except (RuntimeError, ValueError, NotImplementedError) as e:
                    print(f"{name}: not run: {e}", file=sys.stderr)
    best = max(v for k, v in results.items() if k != "octet")
    if args.json:
        print(json.dumps({"tokens_per_second": results, "ratio": octet / best, "threads": args.threads,
                          "batch": batch, "sequence_length": length}))
        return
    for name, speed in results.items():
        print(f"{name:44} {speed:9.0f} tokens/s")
    print(f"octet over the fastest of transformers: {octet / best:.2f} "
          f"({batch} tokens a step in sequences of {length}, {args.threads} threads; octet trains its MTP module too)")


if __name__ == "__main__":
    main()
