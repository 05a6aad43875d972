#!/usr/bin/env python3
"""Greedy decoding speed: octet against transformers' generate on the same weights, prompt, dtype and threads.

    python bench/decode_vs_transformers.py --octet build/release/app/octet [--model models/octet-mini]

Both decode the same number of tokens after the same prompt, one sequence at a time, ignoring the end token; prefill is
not counted on either side. The two take turns, and the median of the repeats counts. transformers runs in the dtype of
the two (float32, bfloat16) that is faster there, and with the faster of eager and grouped_mm experts.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--octet", required=True)
    p.add_argument("--model", default=str(ROOT / "models" / "octet-mini"))
    p.add_argument("--tokens", type=int, default=64)
    p.add_argument("--prompt-tokens", type=int, default=32)
    p.add_argument("--repeats", type=int, default=3)
    p.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    p.add_argument("--json", action="store_true")
    return p.parse_args()


def octet_speed(args, prompt, dtype):
    command = [args.octet, "generate", args.model, "--tokens", ",".join(map(str, prompt)), "--temperature", "0", "--ignore-eos",
               "--max-tokens", str(args.tokens), "--threads", str(args.threads), "--dtype", dtype, "--json"]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return len(answer["tokens"]) / answer["seconds_decode"]


class Peer:
    def __init__(self, args, dtype, experts):
        import torch
        import transformers

        torch.set_num_threads(args.threads)
        self.torch = torch
        self.model = transformers.AutoModelForCausalLM.from_pretrained(
            args.model, dtype=getattr(torch, dtype), experts_implementation=experts).eval()

    def generate(self, prompt, n):
        ids = self.torch.tensor([prompt])
        start = time.perf_counter()
        self.model.generate(ids, attention_mask=self.torch.ones_like(ids), max_new_tokens=n, min_new_tokens=n, do_sample=False,
                            pad_token_id=0)
        return time.perf_counter() - start

    def speed(self, prompt, n):
        # The difference of two lengths leaves prefill and set-up out.
        short = n // 4
        return (n - short) / (self.generate(prompt, n) - self.generate(prompt, short))


def main():
    args = parse()
    prompt = [0] + [(7 * i) % 1000 + 100 for i in range(args.prompt_tokens - 1)]
    peers = {(d, e): Peer(args, d, e) for d in ("float32", "bfloat16") for e in ("eager", "grouped_mm")}
    ours = {d: [] for d in ("float32", "bfloat16")}
    theirs = {key: [] for key in peers}
    for _ in range(args.repeats):
        for d in ours:
            ours[d].append(octet_speed(args, prompt, d))
        for key, peer in peers.items():
            theirs[key].append(peer.speed(prompt, args.tokens))
    best_ours = max(statistics.median(v) for v in ours.values())
    best_theirs = max(statistics.median(v) for v in theirs.values())
    if args.json:
        print(json.dumps({"octet": {d: statistics.median(v) for d, v in ours.items()},
                          "transformers": {" ".join(k): statistics.median(v) for k, v in theirs.items()},
                          "ratio": best_ours / best_theirs}))
        return
    print(f"greedy decoding, {args.tokens} tokens, {args.threads} threads, tokens/s (medians of {args.repeats})")
    for d, v in ours.items():
        print(f"  octet         {d:<24} {statistics.median(v):8.1f}")
    for key, v in theirs.items():
        print(f"  transformers  {' '.join(key):<24} {statistics.median(v):8.1f}")
    print(f"  ratio of the best: {best_ours / best_theirs:.2f} (target: at least 3)")


main()
