#!/usr/bin/env python3
"""Compares `octet tokenize` and `octet detokenize` with Hugging Face's tokenizers, id for id.

    OCTET=build/release/octet tokenizer_oracle.py [--folder FOLDER] [--seed N] [--rounds N] [--every N]

FOLDER holds a byte-level BPE tokenizer.json; DeepSeek-V3's is fetched if none is given. Besides it, variants of it are
compared: other split patterns (GPT-2, Llama 3, Qwen, GPT-4o, Kimi), behaviours, added-token flags, merges as pairs,
ignore_merges; and a vocabulary that `octet train-tokenizer` makes. The texts are made here: every code point, random
Unicode, scripts mixed, white space, code, tokens of the vocabulary, special tokens. Of the code points one in `every`
is tried in each surrounding; each by itself in the first variant, always. Exits with 1 at the first
difference, with 77 where tokenizers is not installed or the tokenizer cannot be fetched.
"""
import argparse
import base64
import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import tiktoken
    import tokenizers
except ImportError:
    print("skipped: tokenizers and tiktoken are not installed (pip install tokenizers tiktoken)")
    sys.exit(77)

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN = LLAMA3.replace("{1,3}", "")
GPT4O = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
KIMI = "|".join([
    r"[\p{Han}]+",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
POSSESSIVE = r"[\p{L}\p{M}]++|\p{N}{1,2}?|\s?+\S|\w+|\W|\d|\D"


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def byte_level(use_regex=False):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def sequence(*parts):
    return {"type": "Sequence", "pretokenizers": list(parts)}


def added(token_id, content, **flags):
    token = {"id": token_id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": False}
    return token | flags


def shortened(base, tokens):
    """The same tokenizer with the first tokens of its vocabulary: what is tried of the variants needs no more."""
    file = copy.deepcopy(base)
    model = file["model"]
    model["vocab"] = {token: i for token, i in model["vocab"].items() if i < tokens}
    pairs = [merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"]]
    model["merges"] = [" ".join(pair) for pair in pairs if "".join(pair) in model["vocab"]]
    free = tokens
    for token in file["added_tokens"]:
        if token["content"] not in model["vocab"]:
            token["id"], free = free, free + 1
    return file


def variants(base):
    """Name, tokenizer.json, and how each code point is to be surrounded (nothing: not all are tried)."""
    yield "as it is", base, ["{}", "a{}b ", " {}1", ".{}{}\n"]
    base = shortened(base, 20000)

    def changed(**keys):
        file = copy.deepcopy(base)
        for key, value in keys.items():
            if key in ("ignore_merges", "merges"):
                file["model"][key] = value
            else:
                file[key] = value
        return file

    yield "GPT-2", changed(pre_tokenizer=byte_level(True)), ["a{} "]
    yield "Llama 3", changed(pre_tokenizer=sequence(split(LLAMA3), byte_level()), ignore_merges=True), ["a{} "]
    yield "Qwen", changed(pre_tokenizer=sequence(split(QWEN), byte_level())), ["a{} "]
    yield "GPT-4o, removed and inverted", changed(pre_tokenizer=sequence(split(GPT4O, "Removed", True), byte_level())), ["a{} "]
    yield "Kimi", changed(pre_tokenizer=sequence(split(KIMI), byte_level())), ["a{} "]
    yield "repeats", changed(pre_tokenizer=sequence(split(POSSESSIVE), byte_level())), ["a{} "]
    digits = {"type": "Digits", "individual_digits": True}
    runs = {"type": "Digits", "individual_digits": False}
    yield "digits", changed(pre_tokenizer=sequence(digits, byte_level(True))), []
    yield "runs of digits", changed(pre_tokenizer=sequence(runs, byte_level(True))), []
    for behavior in ("Removed", "Contiguous", "MergedWithPrevious", "MergedWithNext"):
        for invert in (False, True):
            chain = sequence(split(r"\s", behavior, invert), split("e.", "Isolated", invert, "String"), byte_level())
            yield f"{behavior} {invert}", changed(pre_tokenizer=chain), []
    pairs = [merge.split(" ") for merge in base["model"]["merges"]]
    yield "merges as pairs", changed(merges=pairs), []
    top = max(max(base["model"]["vocab"].values()), max(t["id"] for t in base["added_tokens"])) + 1
    extra = [added(top, "<word>", single_word=True), added(top + 1, "<left>", lstrip=True),
             added(top + 2, "<right>", rstrip=True, normalized=True), added(top + 3, "<both>", lstrip=True, rstrip=True),
             added(top + 4, "<word><left>"), added(top + 5, "wörd", single_word=True, normalized=True),
             added(top + 6, "<left", normalized=True), added(base["model"]["vocab"]["He"], "He", special=True)]
    yield "added tokens", changed(added_tokens=base["added_tokens"] + extra), []


def pieces(rng, tokens):
    """One short text, of many kinds."""
    ranges = [(0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF), (0xE00, 0xEFF),
              (0x1100, 0x11FF), (0x2000, 0x206F), (0x2190, 0x23FF), (0x3000, 0x30FF), (0x4E00, 0x9FFF),
              (0xAC00, 0xD7A3), (0xFB00, 0xFFFF), (0x10000, 0x107FF), (0x1D400, 0x1D7FF), (0x1F300, 0x1FAFF),
              (0x20000, 0x2FFFF), (0xE0000, 0xE01FF), (0x300, 0x36F)]
    kind = rng.randrange(12)
    if kind == 0:
        low, high = rng.choice(ranges)
        return "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 12)))
    if kind == 1:
        return "".join(rng.choice(" \t\n\r\u00a0\u3000\u2028\u0085\u180e\u200b\x0b\x0c") for _ in range(rng.randint(1, 8)))
    if kind == 2:
        return rng.choice(" \n\t") * rng.choice([1, 2, 3, 4, 7, 8, 16, 63, 64, 65, 200])
    if kind == 3:
        return str(rng.randrange(10 ** rng.randint(1, 12)))
    if kind == 4:
        return rng.choice(["'s", "'LL", "don't", "I'VE", "'\u017f", "\u212a", "'d'D", "we're"])
    if kind == 5:
        return rng.choice(["def f(x):\n    return x ** 2  # ok\n", "if (a->b[i] != 0x1F) { ++n; }\r\n", "</div>\n\n\n<p>",
                           "#include <vector>\n", "SELECT * FROM t;", "a_b_c.d-e/f\\g", "{\"k\": [1, 2.5e-3]}"])
    if kind == 6:
        return rng.choice(["<\uff5cUser\uff5c>", "<\uff5cbegin\u2581of\u2581sentence\uff5c>", "<\uff5cUser", "<think>", "<",
                           "<word>", " <left> ", " <right>  ", "<both>", "<word><left>", "wörd", "<left", "<|EOT|>", "He", "éHe"])
    if kind == 7:
        return "".join(rng.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(rng.randint(1, 14)))
    if kind == 8:
        return rng.choice("aeiouxyz.-=_*#") * rng.choice([1, 2, 3, 5, 8, 16, 63, 64, 65, 130, 1000])
    if kind == 9:
        return "".join(rng.choice(tokens) for _ in range(rng.randint(1, 6)))
    if kind == 10:
        return "".join(rng.choice(".,;:!?()[]{}<>'\"`~@#$%^&*-_=+|\\/ ") for _ in range(rng.randint(1, 9)))
    return rng.choice([" ", "\n", "the quick brown fox", " Über", "naïve", "東京タワー", "한국어", "שלום", "مرحبا", "नमस्ते"])


def texts(rng, tokens, rounds, forms, every):
    for _ in range(rounds):
        yield "".join(pieces(rng, tokens) for _ in range(rng.randint(1, 25)))
    # Every code point of the planes in use; the others are unassigned, and one in 64 of them must do.
    points = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000 and (c < 0x33400 or c >> 9 == 0x700 or c % 64 == 9)]
    for form in forms:
        tried = points if form == "{}" else points[rng.randrange(every)::every]
        for i in range(0, len(tried), 4096):
            yield "".join(form.replace("{}", chr(c)) for c in tried[i:i + 4096])


def compare_encoding(octet, folder, reference, batch):
    path = pathlib.Path(folder) / "texts.jsonl"
    path.write_text("".join(json.dumps(text) + "\n" for text in batch))
    run = subprocess.run([octet, "tokenize", folder, "--jsonl", str(path)], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"octet tokenize failed ({run.returncode}): {run.stderr}")
    lines = run.stdout.splitlines()
    if len(lines) != len(batch):
        sys.exit(f"{len(batch)} lines in, {len(lines)} out")
    total = 0
    for text, line in zip(batch, lines):
        ids, expected = json.loads(line), reference.encode(text, add_special_tokens=False).ids
        total += len(ids)
        if ids != expected:
            i = next((i for i, (a, b) in enumerate(zip(ids, expected)) if a != b), min(len(ids), len(expected)))
            near = reference.decode(expected[max(i - 5, 0):i + 5], skip_special_tokens=False)
            sys.exit(f"differs at token {i}: octet {ids[i:i + 8]}, tokenizers {expected[i:i + 8]}, near {near!a}")
    return total


def compare_decoding(octet, folder, reference, rng, known):
    for _ in range(2):
        ids = [rng.choice(known) for _ in range(1000)]
        run = subprocess.run([octet, "detokenize", folder, "--json", "--tokens", ",".join(map(str, ids))],
                             capture_output=True, text=True, check=True)
        expected = reference.decode(ids, skip_special_tokens=False)
        if json.loads(run.stdout)["text"] != expected:
            sys.exit(f"decoding {ids}: octet {run.stdout!a}, tokenizers {expected!a}")


def compare(octet, name, folder, rng, rounds, forms, every):
    reference = tokenizers.Tokenizer.from_file(str(pathlib.Path(folder) / "tokenizer.json"))
    known = sorted(reference.get_vocab(with_added_tokens=True).values())
    sample = [reference.decode([i], skip_special_tokens=False) for i in rng.sample(known, min(2000, len(known)))]
    batch = list(texts(rng, sample, rounds, forms, every))
    total = compare_encoding(octet, folder, reference, batch)
    compare_decoding(octet, folder, reference, rng, known)
    print(f"{name}: {len(batch)} texts, {total} tokens, equal", flush=True)


class Tiktoken:
    """tiktoken's Encoding with the face of tokenizers' Tokenizer, as far as it is used here."""

    def __init__(self, ranks, special):
        self.encoding = tiktoken.Encoding("kimi", pat_str=KIMI, mergeable_ranks=ranks, special_tokens=special)

    def encode(self, text, add_special_tokens):
        class Encoded:
            ids = self.encoding.encode(text, allowed_special="all")
        return Encoded

    def decode(self, ids, skip_special_tokens=False):
        return self.encoding.decode(ids)


def compare_tiktoken(octet, base, rng, rounds, forms, every):
    """A tiktoken.model of the same vocabulary, in which ranks are ids and any cut of a token is a merge."""
    alphabet = {}
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    for byte in printable:
        alphabet[chr(byte)] = byte
    for i, byte in enumerate(b for b in range(256) if b not in printable):
        alphabet[chr(256 + i)] = byte
    spellings = sorted(base["model"]["vocab"].items(), key=lambda item: item[1])
    ranks = {}
    for spelling, _ in spellings:
        if all(c in alphabet for c in spelling):
            ranks[bytes(alphabet[c] for c in spelling)] = len(ranks)
    for byte in range(256):
        ranks.setdefault(bytes([byte]), len(ranks))
    first = len(ranks)
    named = {first: "[BOS]", first + 2: "<|im_user|>", first + 9: "<|tool_calls_section_begin|>"}
    special = {named.get(i, f"<|reserved_token_{i}|>"): i for i in range(first, first + 256)}
    with tempfile.TemporaryDirectory() as folder:
        lines = (base64.b64encode(token) + f" {rank}\n".encode() for token, rank in ranks.items())
        pathlib.Path(folder, "tiktoken.model").write_bytes(b"".join(lines))
        decoder = {str(i): {"content": name, "special": True} for i, name in named.items()}
        pathlib.Path(folder, "tokenizer_config.json").write_text(
            json.dumps({"tokenizer_class": "TikTokenTokenizer", "added_tokens_decoder": decoder}))
        reference = Tiktoken(ranks, special)
        sample = list(special)[:12] + [reference.decode([i]) for i in rng.sample(range(first), min(2000, first))]
        batch = list(texts(rng, sample, rounds, forms, every))
        total = compare_encoding(octet, folder, reference, batch)
        compare_decoding(octet, folder, reference, rng, list(range(first + 256)))
        print(f"tiktoken.model: {len(batch)} texts, {total} tokens, equal", flush=True)


def default_folder():
    script = pathlib.Path(__file__).parent.parent / "fetch_tokenizer.sh"
    fetch = subprocess.run([str(script)], stdout=subprocess.PIPE, text=True)
    if fetch.returncode != 0:
        print("skipped: the DeepSeek-V3 tokenizer cannot be fetched")
        sys.exit(fetch.returncode)
    return pathlib.Path(fetch.stdout.strip())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--every", type=int, default=8)
    options = parser.parse_args()
    octet = os.environ.get("OCTET", "octet")
    base = json.loads(((options.folder or default_folder()) / "tokenizer.json").read_text())
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        for name, file, forms in variants(base):
            (pathlib.Path(folder) / "tokenizer.json").write_text(json.dumps(file, ensure_ascii=False))
            compare(octet, name, folder, rng, options.rounds, forms, options.every)
    compare_tiktoken(octet, shortened(base, 50000), rng, options.rounds, ["a{} "], options.every)
    with tempfile.TemporaryDirectory() as folder:
        corpus = pathlib.Path(folder) / "corpus.txt"
        corpus.write_text("".join(p.read_text() for p in sorted(pathlib.Path(__file__).parent.glob("*.py"))))
        subprocess.run([octet, "train-tokenizer", "--out", folder, "--vocab", "1000", str(corpus)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        compare(octet, "trained", folder, rng, options.rounds, ["{}"], options.every)


if __name__ == "__main__":
    main()
