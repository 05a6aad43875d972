#!/usr/bin/env python3
"""Training tokens/s: octet against transformers' DeepseekV3ForCausalLM in the same PyTorch.

Same shape, batch, sequence length and threads; the model is the one of an octet recipe, read from the config.json that
octet wrote. transformers runs with fused AdamW, in float32 and under bfloat16 autocast, with eager and grouped_mm
experts; the fastest counts. octet runs the recipe twice for a number of steps: with AdamW and without the
multi-token-prediction module, which is what transformers does and what the ratio is taken of, and as the recipe is.

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


def run_octet(args, settings):
    """Median tokens/s of octet's steps, config.json's text, and run.json."""
    with tempfile.TemporaryDirectory() as out:
        command = [args.octet, "train", args.recipe, "--out", out, "--threads", str(args.threads), "--json"]
        for setting in [f"schedule.steps={args.steps}", "validation.batches=0"] + args.set + settings:
            command += ["--set", setting]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        with open(os.path.join(out, "metrics.jsonl")) as f:
            speeds = [json.loads(line)["tokens_per_second"] for line in f]
        with open(os.path.join(out, "run.json")) as f:
            run = json.load(f)
        with open(os.path.join(json.loads(done.stdout)["model"], "config.json")) as f:
            config = f.read()
    return statistics.median(speeds[2:]), config, run


def run_transformers(config_json, batch, length, steps, threads, autocast, experts):
    """Median tokens/s of the same model in transformers, on random tokens (the speed depends on them little)."""
    import torch
    from transformers import DeepseekV3Config, DeepseekV3ForCausalLM

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    config = DeepseekV3Config.from_dict(json.loads(config_json))
    config.use_cache = False
    model = DeepseekV3ForCausalLM._from_config(config, dtype=torch.float32, experts_implementation=experts)
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
    octet, config, run = run_octet(args, ["optimizer.kind=adamw", "mtp.weight=0"])
    batch = run["recipe"]["batch"]["tokens"]
    length = run["recipe"]["batch"]["sequence_length"]
    results = {"octet, AdamW, no MTP": octet, "octet, as the recipe": run_octet(args, [])[0]}
    theirs = []
    for autocast in (True, False):
        for experts in ("eager", "grouped_mm"):
            name = f"transformers, {'bf16 autocast' if autocast else 'float32'}, {experts}"
            try:
                theirs.append(run_transformers(config, batch, length, args.steps, args.threads, autocast, experts))
                results[name] = theirs[-1]
            except (RuntimeError, ValueError, NotImplementedError) as e:
                print(f"{name}: not run: {e}", file=sys.stderr)
    ratio = octet / max(theirs)
    if args.json:
        print(json.dumps({"tokens_per_second": results, "ratio": ratio, "threads": args.threads, "batch": batch,
                          "sequence_length": length, "compute": run["machine"]["compute"]}))
        return
    for name, speed in results.items():
        print(f"{name:44} {speed:9.0f} tokens/s")
    print(f"octet over the fastest of transformers: {ratio:.2f} ({batch} tokens a step in sequences of {length}, "
          f"{args.threads} threads, octet in {run['machine']['compute']})")


if __name__ == "__main__":
    main()
