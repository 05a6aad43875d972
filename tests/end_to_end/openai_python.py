#!/usr/bin/env python3
"""The official OpenAI client for Python, unchanged, against `octet serve` with octet-mini."""
import json
import pathlib
import re
import sys
from typing import Literal

import openai
import pydantic

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
from client import Server  # noqa: E402

QUESTION = [{"role": "user", "content": "What is 28 plus 14?"}]
WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string", "maxLength": 12}}, "required": ["city"],
                   "additionalProperties": False},
}


class Answer(pydantic.BaseModel):
    unit: Literal["metre", "gram"]
    amount: int = pydantic.Field(ge=0, le=99)


def refused(kind, call, param=None, word=""):
    try:
        call()
    except kind as error:
        assert error.param == param, error
        assert word in str(error), error
        return error
    raise SystemExit(f"FAILED: expected {kind.__name__}")


def chats(client):
    whole = client.chat.completions.create(model="mini", messages=QUESTION, temperature=0, max_tokens=64)
    said = whole.choices[0].message.content
    assert "42" in said, said
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens

    pieces, usage, finish = [], None, None
    for chunk in client.chat.completions.create(model="mini", messages=QUESTION, temperature=0, max_tokens=64, stream=True,
                                                stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            pieces.append(choice.delta.content or "")
            finish = choice.finish_reason or finish
    assert "".join(pieces) == said, pieces
    assert finish == "stop" and usage.completion_tokens == whole.usage.completion_tokens

    several = client.chat.completions.create(model="mini", messages=QUESTION, n=2, seed=7, temperature=1, logprobs=True,
                                             top_logprobs=3, stop=["."], logit_bias={"5": -100}, presence_penalty=0.1)
    assert [c.index for c in several.choices] == [0, 1]
    entry = several.choices[0].logprobs.content[0]
    assert len(entry.top_logprobs) == 3 and entry.logprob <= 0 and entry.bytes
    again = client.chat.completions.create(model="mini", messages=QUESTION, n=2, seed=7, temperature=1, stop=["."],
                                           logit_bias={"5": -100}, presence_penalty=0.1)
    assert [c.message.content for c in again.choices] == [c.message.content for c in several.choices]

    text = client.completions.create(model="mini", prompt=["One, two,", "Three"], max_tokens=4, logprobs=1)
    assert len(text.choices) == 2 and len(text.choices[0].logprobs.tokens) <= 4


def tools(client):
    tool = {"type": "function", "function": WEATHER}
    for choice in ("required", {"type": "function", "function": {"name": "get_weather"}}):
        answer = client.chat.completions.create(model="mini", messages=[{"role": "user", "content": "Weather in Ulm?"}],
                                                tools=[tool], tool_choice=choice, parallel_tool_calls=False)
        [call] = answer.choices[0].message.tool_calls
        assert call.function.name == "get_weather" and answer.choices[0].finish_reason == "tool_calls"
        assert list(json.loads(call.function.arguments)) == ["city"], call.function.arguments

    with client.chat.completions.stream(model="mini", messages=QUESTION, tools=[tool], tool_choice="required",
                                        parallel_tool_calls=False) as stream:
        final = stream.get_final_completion()
    [streamed] = final.choices[0].message.tool_calls
    assert streamed.function.name == "get_weather" and streamed.function.arguments.startswith("{")

    messages = [{"role": "user", "content": "Weather in Ulm?"}, answer.choices[0].message.model_dump(exclude_none=True),
                {"role": "tool", "tool_call_id": call.id, "content": "warm"}]
    follow_up = client.chat.completions.create(model="mini", messages=messages, tools=[tool], tool_choice="none", max_tokens=8)
    assert follow_up.choices[0].message.tool_calls is None


def structured(client):
    parsed = client.chat.completions.parse(model="mini", messages=QUESTION, response_format=Answer, temperature=1.5)
    assert isinstance(parsed.choices[0].message.parsed, Answer)
    loose = client.chat.completions.create(model="mini", messages=QUESTION, max_tokens=40,
                                           response_format={"type": "json_object"})
    assert loose.choices[0].message.content.lstrip().startswith("{")
    chosen = client.chat.completions.create(model="mini", messages=QUESTION, extra_body={"guided_choice": ["heron", "stork"]})
    assert chosen.choices[0].message.content in ("heron", "stork")
    matched = client.chat.completions.create(model="mini", messages=QUESTION,
                                             extra_body={"structured_outputs": {"regex": "[a-c]{3}-[0-9]{2}"}})
    assert re.fullmatch("[a-c]{3}-[0-9]{2}", matched.choices[0].message.content)


def responses(client):
    whole = client.responses.create(model="mini", input="What is 28 plus 14?", temperature=0, instructions="Be brief.")
    assert whole.status == "completed" and whole.output_text, whole
    types, text = [], ""
    for event in client.responses.create(model="mini", input="What is 28 plus 14?", temperature=0, stream=True,
                                         instructions="Be brief."):
        types.append(event.type)
        if event.type == "response.output_text.delta":
            text += event.delta
        if event.type == "response.completed":
            assert event.response.output_text == text and event.response.usage.output_tokens > 0
    assert text == whole.output_text
    assert types[0] == "response.created" and types[-1] == "response.completed"

    tool = {"type": "function", "strict": True, **WEATHER}
    called = client.responses.create(model="mini", input="Weather?", tools=[tool], tool_choice="required",
                                     parallel_tool_calls=False)
    [call] = [item for item in called.output if item.type == "function_call"]
    assert call.name == "get_weather"
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "warm"}
    client.responses.create(model="mini", input=[{"role": "user", "content": "Weather?"}, call.model_dump(exclude_none=True), result],
                            max_output_tokens=8)

    parsed = client.responses.parse(model="mini", input="A length?", text_format=Answer)
    assert isinstance(parsed.output_parsed, Answer)
    short = client.responses.create(model="mini", input="Count from 1 to 40.", max_output_tokens=3)
    assert short.status == "incomplete" and short.incomplete_details.reason == "max_output_tokens"


def errors(client, port):
    create = client.chat.completions.create
    refused(openai.NotFoundError, lambda: create(model="gpt-9", messages=QUESTION), "model", "not served here")
    refused(openai.BadRequestError, lambda: create(model="mini", messages=QUESTION, extra_body={"temprature": 1}), "temprature",
            "did you mean 'temperature'")
    refused(openai.BadRequestError, lambda: create(model="mini", messages=QUESTION, temperature=-1), "temperature", "expected")
    refused(openai.BadRequestError,
            lambda: create(model="mini", messages=QUESTION, extra_body={"guided_regex": "(a"}), "guided_regex", "guided_regex")
    keyed = openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="sk-not-the-right-one", max_retries=0)
    refused(openai.AuthenticationError, lambda: keyed.models.list())


def main():
    server = Server("--threads", "1")
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key="unused", max_retries=0)
    assert {model.id for model in client.models.list()} >= {"mini"}
    assert client.models.retrieve("mini").id == "mini"
    for part in (chats, tools, structured, responses):
        part(client)
        print(part.__name__, "ok", flush=True)
    assert server.stop() == 0

    keys = pathlib.Path(server.log).with_suffix(".keys")
    keys.write_text("team-a sk-0123456789abcdef\n")
    server = Server("--threads", "1", "--api-key-file", str(keys))
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key="sk-0123456789abcdef", max_retries=0)
    errors(client, server.port)
    print("errors ok")
    assert server.stop() == 0
    keys.unlink()


main()
