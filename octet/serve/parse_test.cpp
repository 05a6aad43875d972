// Bodies of requests to values, and values to JSON, without a network.
#include <gtest/gtest.h>

#include "octet/serve/host.h"
#include "octet/serve/http/wire.h"
#include "octet/serve/keys.h"
#include "octet/serve/log.h"
#include "octet/serve/openai/chat_json.h"
#include "octet/serve/openai/requests.h"
#include "octet/serve/stream/sse.h"

namespace octet::serve {
namespace {

const ModelFacts facts = [] {
  ModelFacts out;
  out.sampling.temperature = 0.7;
  out.vocabulary = 1000;
  return out;
}();

Json body(const char* text) { return parse_json(text, "a test"); }

ApiError refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const ApiError& e) {
    return e;
  }
  ADD_FAILURE() << "nothing was refused";
  return ApiError(0, "", "");
}

TEST(Parse, ChatsTakeEverySetting) {
  auto r = parse_chat(body(R"({"model": "m", "messages": [{"role": "developer", "content": "Be brief."},
      {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "name": "Eve"}],
      "temperature": 0, "top_p": 0.5, "top_k": -1, "min_p": 0.1, "presence_penalty": 1, "frequency_penalty": -1,
      "repetition_penalty": 1.1, "logit_bias": {"7": -100}, "seed": -3, "stop": ["x", "y"], "stop_token_ids": [5],
      "ignore_eos": true, "n": 2, "max_tokens": 9, "max_completion_tokens": 8, "logprobs": true, "top_logprobs": 3,
      "stream": true, "stream_options": {"include_usage": true}, "user": "u", "metadata": {"k": "v"},
      "thinking": true, "chat_template_kwargs": {"depth": 2}, "octet_trace": {"experts": true, "alternatives": 4},
      "modalities": ["text"], "store": false, "service_tier": "auto"})"),
                      facts);
  EXPECT_EQ(dump(r.messages),
            R"([{"role":"system","content":"Be brief."},{"role":"user","content":"ab","name":"Eve"}])");
  EXPECT_EQ(r.settings.sampling.temperature, 0);
  EXPECT_EQ(r.settings.sampling.top_k, 0);
  EXPECT_EQ(r.settings.sampling.seed, static_cast<uint64_t>(-3));
  EXPECT_EQ(r.settings.sampling.logit_bias.at(7), -100);
  EXPECT_EQ(r.settings.max_tokens, 8);
  EXPECT_EQ(r.settings.stop.size(), 2u);
  EXPECT_EQ(r.top_logprobs, 3);
  EXPECT_TRUE(r.stream.include_usage);
  EXPECT_EQ(dump(r.variables), R"({"depth":2,"thinking":true,"enable_thinking":true})");
  EXPECT_EQ(r.trace.alternatives, 4);
}

TEST(Parse, NullIsAsGoodAsAbsent) {
  auto r = parse_chat(body(R"({"messages": [{"role": "user", "content": "a"}], "temperature": null, "stop": null,
      "tools": null, "stream": null, "response_format": null})"),
                      facts);
  EXPECT_EQ(r.settings.sampling.temperature, 0.7);
  EXPECT_FALSE(r.stream.stream);
}

TEST(Parse, ToolChoicesBecomeStructures) {
  auto parse = [&](const char* choice) {
    Json b = body(R"({"messages": [{"role": "user", "content": "a"}], "tools": [
        {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}},
        {"type": "function", "function": {"name": "g"}}]})");
    b["tool_choice"] = body(choice);
    return parse_chat(b, facts);
  };
  using Kind = chat::Structure::Kind;
  using Calls = chat::Structure::Calls;
  EXPECT_EQ(parse("\"auto\"").structure.kind, Kind::none);
  EXPECT_EQ(parse("\"none\"").tool_choice.mode, ToolChoice::Mode::none);
  EXPECT_EQ(parse("\"required\"").structure.functions.size(), 2u);
  EXPECT_EQ(parse("\"required\"").structure.calls, Calls::several);
  auto named = parse(R"({"type": "function", "function": {"name": "g"}})").structure;
  EXPECT_EQ(named.kind, Kind::calls);
  EXPECT_EQ(named.calls, Calls::one);
  EXPECT_EQ(named.functions.at(0).name, "g");
  EXPECT_EQ(refusal([&] { parse(R"({"type": "function", "function": {"name": "h"}})"); }).param, "tool_choice");
}

TEST(Parse, StructuresHaveSeveralNames) {
  auto parse = [&](const char* more) {
    Json b = body(R"({"messages": [{"role": "user", "content": "a"}]})");
    b.update(body(more));
    return parse_chat(b, facts).structure;
  };
  using Kind = chat::Structure::Kind;
  EXPECT_EQ(parse(R"({"response_format": {"type": "text"}})").kind, Kind::none);
  EXPECT_EQ(parse(R"({"response_format": {"type": "json_object"}})").kind, Kind::json_object);
  auto schema = parse(
      R"({"response_format": {"type": "json_schema", "json_schema": {"name": "s", "strict": true, "schema": {"type": "integer"}}}})");
  EXPECT_EQ(dump(schema.schema), R"({"type":"integer"})");
  EXPECT_EQ(schema.where, "response_format.json_schema.schema");
  EXPECT_EQ(parse(R"({"guided_json": "{\"type\": \"null\"}"})").schema["type"], "null");
  EXPECT_EQ(parse(R"({"guided_regex": "a+"})").text, "a+");
  EXPECT_EQ(parse(R"({"guided_choice": ["a", "b"]})").choices.size(), 2u);
  EXPECT_EQ(parse(R"({"structured_outputs": {"grammar": "root ::= \"a\""}})").kind, Kind::grammar);
  EXPECT_EQ(refusal([&] { parse(R"({"response_format": {"type": "json_schema"}})"); }).param,
            "response_format.json_schema");
  auto twice = refusal([&] { parse(R"({"guided_regex": "a", "response_format": {"type": "json_object"}})"); });
  EXPECT_EQ(twice.param, "guided_regex");
}

TEST(Parse, ResponsesBecomeChats) {
  auto r = parse_responses(body(R"({"model": "m", "instructions": "Be brief.", "input": [
      {"role": "user", "content": [{"type": "input_text", "text": "Weather?"}]},
      {"type": "reasoning", "id": "rs_1", "summary": []},
      {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
      {"type": "function_call", "call_id": "c2", "name": "f", "arguments": "{}"},
      {"type": "function_call_output", "call_id": "c1", "output": "warm"}],
      "tools": [{"type": "function", "name": "f", "parameters": {}, "strict": true}],
      "text": {"format": {"type": "text"}}, "reasoning": {"effort": "none"}, "max_output_tokens": 5})"),
                           facts);
  ASSERT_EQ(r.chat.messages.size(), 4u);
  EXPECT_EQ(r.chat.messages[0]["role"], "system");
  EXPECT_EQ(r.chat.messages[2]["tool_calls"].size(), 2u);
  EXPECT_EQ(r.chat.messages[3]["role"], "tool");
  EXPECT_EQ(r.chat.settings.max_tokens, 5);
  EXPECT_EQ(r.chat.variables["thinking"], false);
  EXPECT_EQ(r.echo["instructions"], "Be brief.");
}

TEST(Parse, RefusalsNameTheNearestField) {
  auto chat_error = [&](const char* more) {
    Json b = body(R"({"messages": [{"role": "user", "content": "a"}]})");
    b.update(body(more));
    return refusal([&] { parse_chat(b, facts); });
  };
  ApiError e = chat_error(R"({"top-p": 1})");
  EXPECT_EQ(e.param, "top-p");
  EXPECT_NE(e.message.find("did you mean 'top_p'?"), std::string::npos) << e.message;
  EXPECT_EQ(chat_error(R"({"stream_options": {"include_usage": true}})").param, "stream_options");
  EXPECT_EQ(chat_error(R"({"n": 1.5})").param, "n");
  EXPECT_EQ(chat_error(R"({"n": 1e300})").param, "n");
  EXPECT_EQ(chat_error(R"({"seed": 1e19})").param, "seed");
  EXPECT_EQ(chat_error(R"({"store": true})").code, "unsupported_parameter");
  EXPECT_EQ(chat_error(R"({"octet_trace": {"expert": true}})").param, "octet_trace.expert");
  EXPECT_EQ(chat_error(R"({"tools": [{"type": "function", "function": {"name": "a b"}}]})").param,
            "tools[0].function.name");
  EXPECT_EQ(chat_error(R"({"messages": [{"role": "user", "content": null}]})").param, "messages[0].content");
  EXPECT_EQ(chat_error(R"({"messages": {}})").param, "messages");
  EXPECT_EQ(refusal([&] { parse_chat(body("[1]"), facts); }).status, 400);
}

TEST(Json, EventsAreFramedByBlankLines) {
  std::string out;
  sse::append_event(out, "response.created", {{"text", "a\nb\r\n"}});
  EXPECT_EQ(out, "event: response.created\ndata: {\"text\":\"a\\nb\\r\\n\"}\n\n");
}

TEST(Json, DeltasJoinThePiecesOfACall) {
  using Kind = text::ReplyEvent::Kind;
  std::vector<text::ReplyEvent> events = {{Kind::reasoning, "hm", -1},    {Kind::content, "a", -1},
                                          {Kind::content, "b", -1},       {Kind::call_start, "f", 0},
                                          {Kind::call_arguments, "{", 0}, {Kind::call_arguments, "}", 0},
                                          {Kind::call_end, "", 0},        {Kind::call_start, "g", 1}};
  Json delta = chat_delta(events, CallIds("call_x_"));
  EXPECT_EQ(
      dump(delta),
      R"({"reasoning_content":"hm","content":"ab","tool_calls":[{"index":0,"id":"call_x_0","type":"function",)"
      R"("function":{"name":"f","arguments":"{}"}},{"index":1,"id":"call_x_1","type":"function","function":{"name":"g","arguments":""}}]})");
  EXPECT_EQ(dump(chat_delta({{Kind::call_arguments, "1", 1}}, CallIds(""))),
            R"({"tool_calls":[{"index":1,"function":{"arguments":"1"}}]})");
}

TEST(Json, ErrorsHaveOpenAisForm) {
  ApiError e = invalid_request("a.b", "no");
  EXPECT_EQ(dump(error_json(e)),
            R"({"error":{"message":"no","type":"invalid_request_error","param":"a.b","code":null}})");
  e.retry_after = 7;
  EXPECT_EQ(error_response(e).headers.at(0).value, "7");
}

TEST(Wire, HeadsAndChunks) {
  http::Response response;
  response.headers = {{"X", "y"}};
  EXPECT_EQ(http::head_text(response, http::Framing::length, 5, http::Connection::keep, 784111777),
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\nX: "
            "y\r\nContent-Length: 5\r\nConnection: "
            "keep-alive\r\n\r\n");
  std::string out;
  http::append_chunk(out, "");
  EXPECT_EQ(out, "");
  http::append_chunk(out, "0123456789abcdef");
  EXPECT_EQ(out, "10\r\n0123456789abcdef\r\n");
}

TEST(Wire, PercentDecoding) {
  EXPECT_EQ(http::percent_decoded("org%2Fmodel%20a"), "org/model a");
  EXPECT_EQ(http::percent_decoded("%2"), "%2");
  EXPECT_EQ(http::percent_decoded("%zz%-1%"), "%zz%-1%");
}

TEST(Host, LoopbackIsToldByAddress) {
  for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.9.8.7", "::1", "0:0:0:0:0:0:0:1"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"", "127.evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0",
                           "::", "10.0.0.1", "[::1]"})
    EXPECT_FALSE(is_loopback(host)) << host;
  EXPECT_EQ(host_of("localhost:8080"), "localhost");
  EXPECT_EQ(host_of("localhost"), "localhost");
  EXPECT_EQ(host_of("[::1]:8080"), "::1");
  EXPECT_EQ(host_of("[::1]"), "::1");
  EXPECT_EQ(host_of("::1"), "::1");
  EXPECT_EQ(host_of("localhost:evil"), "localhost:evil");
  EXPECT_EQ(host_of(""), "");
  EXPECT_EQ(host_of(":"), "");
  EXPECT_EQ(without_brackets("[::1]"), "::1");
  EXPECT_EQ(without_brackets("[]"), "");
}

TEST(Keys, AreReadWithNames) {
  auto keys = ApiKeys::parse("# ours\nteam-a  sk-0123456789abcdef # Eve's\n\nsk-fedcba9876543210\n", "f");
  EXPECT_TRUE(keys.required());
  EXPECT_EQ(keys.holder("sk-0123456789abcdef"), "team-a");
  EXPECT_EQ(keys.holder("sk-fedcba9876543210"), "key-2");
  for (std::string wrong : {"", "sk-0123456789abcde", "sk-0123456789abcdef ", "team-a"})
    EXPECT_FALSE(keys.holder(wrong)) << wrong;
  for (const char* bad : {"", "short", "a b c", "x sk-0123456789abcdef\nx sk-fedcba9876543210"})
    EXPECT_THROW(ApiKeys::parse(bad, "f"), Error) << bad;
}

TEST(Log, IsOneJsonObjectALine) {
  EXPECT_EQ(log_line("t", "info", "request", {{"path", "/\n"}}),
            "{\"time\":\"t\",\"level\":\"info\",\"event\":\"request\",\"path\":\"/\\n\"}\n");
}

}  // namespace
}  // namespace octet::serve
