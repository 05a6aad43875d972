#!/usr/bin/env python3
"""Random bounded JSON Schemas through `octet serve` at temperature 1.5: what ends by itself is valid.

    server_schemas.py [NUMBER=60]

Judged by the jsonschema library. Every answer that ends with finish_reason stop must be valid, and nearly all must end so,
for the schemas bound what they allow. Then each keyword that octet cannot enforce must be a 400 that names it. Printed, not
judged: tokens/s beside those of the same prompts and lengths without a schema, in turns.
"""
import asyncio
import json
import pathlib
import random
import statistics
import sys
import time

try:
    import jsonschema
except ImportError:
    print("jsonschema is missing")
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
from client import Server, ask  # noqa: E402

CLIENTS, ROUND = 8, 25
NAMES = ["name", "age", "tags", "unit", "x", "y", "heron", "size", "note", "größe", "a b", "value"]
REFUSED = {
    "not": {"type": "string"}, "if": {"type": "string"}, "multipleOf": 3, "uniqueItems": True, "contains": {"type": "null"},
    "patternProperties": {"^a": {"type": "null"}}, "propertyNames": {"maxLength": 3}, "minProperties": 1, "maxProperties": 2,
    "dependentRequired": {"a": ["b"]}, "unevaluatedProperties": False, "contentEncoding": "base64",
}


def integer(r):
    low = r.choice([0, r.randint(-5, 20), r.randint(-100000, 100000)])
    high = low + r.choice([0, 1, r.randint(2, 99), r.randint(100, 10**6)])
    schema = {"type": "integer"}
    schema.update(r.choice([{"minimum": low}, {"exclusiveMinimum": low - 1}]))
    schema.update(r.choice([{"maximum": high}, {"exclusiveMaximum": high + 1}]))
    return schema


def string(r):
    low = r.choice([0, 0, r.randint(0, 6)])
    return {"type": "string", "minLength": low, "maxLength": low + r.randint(0, 10)}


def array(r, depth):
    low = r.choice([0, 0, r.randint(0, 2)])
    return {"type": "array", "items": value(r, depth + 1), "minItems": low, "maxItems": low + r.randint(0, 3)}


def whole(r, depth):
    names = r.sample(NAMES, r.randint(1, 4))
    return {"type": "object", "properties": {n: value(r, depth + 1) for n in names},
            "required": [n for n in names if r.random() < 0.6], "additionalProperties": False}


def value(r, depth=0):
    kinds = [integer, string, integer, string, lambda r: {"type": "boolean"}, lambda r: {"enum": ["metre", 7, None, "ü"]},
             lambda r: {"type": ["integer", "null"], "minimum": 0, "maximum": r.randint(0, 300)},
             lambda r: {"anyOf": [string(r), integer(r)]}]
    if depth < 3:
        kinds += [lambda r: array(r, depth), lambda r: whole(r, depth)] * 2
    return r.choice(kinds)(r)


def body_of(schema):
    return {"type": "json_schema", "json_schema": {"name": "random", "schema": schema}}


class Answers:
    def __init__(self, port):
        self.port, self.valid, self.cut, self.failures = port, 0, 0, []

    async def one(self, number, schema):
        """Tokens of the answer; what is wrong with it goes to failures."""
        status, body = await ask(self.port, f"Say something, number {number}.", temperature=1.5, seed=number, max_tokens=600,
                                 response_format=body_of(schema))
        if status != 200:
            self.failures.append(f"{status} {body[:300]!r} for {json.dumps(schema)}")
            return 0
        answer = json.loads(body)
        choice = answer["choices"][0]
        if choice["finish_reason"] != "stop":
            self.cut += 1
        else:
            try:
                jsonschema.Draft202012Validator(schema).validate(json.loads(choice["message"]["content"]))
                self.valid += 1
            except (ValueError, jsonschema.ValidationError) as error:
                self.failures.append(f"{choice['message']['content']!r} for {json.dumps(schema)}: {error}")
        return answer["usage"]["completion_tokens"]

    async def plain(self, number, tokens):
        await ask(self.port, f"Say something, number {number}.", temperature=1.5, seed=number, max_tokens=max(1, tokens),
                  ignore_eos=True)


async def shared(jobs):
    """Runs the jobs, CLIENTS at a time: their results, and the seconds."""
    places = asyncio.Semaphore(CLIENTS)

    async def run(job):
        async with places:
            return await job

    start = time.perf_counter()
    return await asyncio.gather(*map(run, jobs)), time.perf_counter() - start


async def check_refusals(port, failures):
    for keyword, content in REFUSED.items():
        status, body = await ask(port, "Say something.", response_format=body_of({keyword: content}))
        message = json.loads(body).get("error", {}).get("message", "")
        if status != 400 or f"'{keyword}'" not in message:
            failures.append(f"the keyword {keyword}: {status} {message!r}")


async def main():
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    r = random.Random(1)
    schemas = [value(r) if r.random() < 0.2 else whole(r, 0) for _ in range(number)]
    server = Server()
    answers = Answers(server.port)
    tokens, ratios = 0, []
    try:
        for first in range(0, number, ROUND):
            part = range(first, min(number, first + ROUND))
            counts, masked = await shared([answers.one(i, schemas[i]) for i in part])
            _, plain = await shared([answers.plain(i, n) for i, n in zip(part, counts)])
            tokens += sum(counts)
            ratios.append(masked / plain)
        await check_refusals(server.port, answers.failures)
    finally:
        code = server.stop()
    print(f"{number} schemas: {answers.valid} answers valid, {answers.cut} cut at max_tokens, {len(answers.failures)} failures; "
          f"{tokens} tokens; {len(REFUSED)} keywords refused by name")
    print(f"time over that of the same lengths without a schema: median {statistics.median(ratios):.3f} of {len(ratios)} rounds "
          f"(tokens/s cost {100 * (1 - 1 / statistics.median(ratios)):.1f} %)")
    for failure in answers.failures[:10]:
        print("FAILED:", failure)
    sys.exit(1 if answers.failures or code != 0 or answers.cut > number // 20 else 0)


asyncio.run(main())
