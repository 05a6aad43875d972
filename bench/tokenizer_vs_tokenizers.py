#!/usr/bin/env python3
"""Encoding speed of octet against Hugging Face's tokenizers: the same text, ids and tokenizer, one thread each.

    OCTET=build/release/octet bench/tokenizer_vs_tokenizers.py [--megabytes 12] [--repeats 5]

The text is half English documentation and half code, from what Debian packages installed (python3-doc, headers under
/usr/include, Python's library). Both encode it as documents of at most 64 KiB. octet's time is that of the whole
program, `octet tokenize --jsonl --threads 1`, reading JSON and printing ids included, less that of an empty file
(loading the tokenizer); that of tokenizers is the calls of encode_batch_fast alone. Both are processor time, so that
other work on the machine disturbs less, and the two take turns.
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
try:
    import tokenizers
except ImportError:
    print("skipped: tokenizers is not installed (pip install tokenizers)")
    sys.exit(77)


def documents(folders, patterns, limit):
    """Pieces of at most 64 KiB, until there are `limit` bytes."""
    size = 0
    for folder in folders:
        for pattern in patterns:
            for path in sorted(pathlib.Path(folder).rglob(pattern)):
                if not path.is_file():
                    continue
                text = path.read_bytes().decode("utf-8", "replace")
                for i in range(0, len(text), 1 << 16):
                    part = text[i:i + (1 << 16)]
                    if size >= limit:
                        return
                    size += len(part.encode())
                    yield part


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=float, default=12)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", type=pathlib.Path, help="tokenizer; DeepSeek-V3's is fetched if none is given")
    options = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parent.parent
    octet = os.environ.get("OCTET", str(root / "build/release/octet"))
    folder = options.folder
    if not folder:
        fetch = subprocess.run([str(root / "tests/fetch_tokenizer.sh")], stdout=subprocess.PIPE, text=True)
        if fetch.returncode != 0:
            sys.exit(fetch.returncode)
        folder = pathlib.Path(fetch.stdout.strip())
    half = int(options.megabytes * 500_000)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    texts = list(documents([f"/usr/share/doc/python{version}/html/_sources", "/usr/share/doc"], ["*.txt", "*.html"], half))
    texts += list(documents([pathlib.Path(os.__file__).parent, "/usr/include"], ["*.py", "*.h"], half))
    size = sum(len(t.encode()) for t in texts)
    reference = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    with tempfile.TemporaryDirectory() as work:
        lines, empty = pathlib.Path(work) / "texts.jsonl", pathlib.Path(work) / "empty.jsonl"
        lines.write_text("".join(json.dumps(t, ensure_ascii=False) + "\n" for t in texts))
        empty.write_text("")

        def run_octet(path):
            start = resource.getrusage(resource.RUSAGE_CHILDREN)
            run = subprocess.run([octet, "tokenize", str(folder), "--jsonl", str(path), "--threads", "1"],
                                 stdout=subprocess.PIPE, check=True)
            end = resource.getrusage(resource.RUSAGE_CHILDREN)
            return end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime, run.stdout

        ours, loading, theirs = [], [], []
        for repeat in range(options.repeats + 1):  # the first to warm up
            seconds, output = run_octet(lines)
            start = time.process_time()
            encoded = [reference.encode_batch_fast([t], add_special_tokens=False)[0].ids for t in texts]
            other = time.process_time() - start
            if repeat == 0:
                if [json.loads(line) for line in output.splitlines()] != encoded:
                    sys.exit("the ids differ")
                continue
            ours.append(seconds)
            loading.append(run_octet(empty)[0])
            theirs.append(other)
    load = statistics.median(loading)
    octet_seconds, reference_seconds = statistics.median(ours) - load, statistics.median(theirs)
    ratios = sorted((t / (o - load)) for o, t in zip(ours, theirs))
    print(f"{size / 1e6:.1f} MB in {len(texts)} documents, {sum(map(len, encoded)):,} tokens, ids equal, one thread")
    print(f"tokenizers {tokenizers.__version__}: {size / 1e6 / reference_seconds:.2f} MB/s")
    print(f"octet: {size / 1e6 / octet_seconds:.2f} MB/s, loading {load:.2f} s")
    print(f"ratio {reference_seconds / octet_seconds:.1f} (from {ratios[0]:.1f} to {ratios[-1]:.1f})")


if __name__ == "__main__":
    main()
