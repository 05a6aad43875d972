// The endpoints over the loopback, with a model that says what the test wants.
#include <gtest/gtest.h>

#include <set>

#include "octet/serve/loopback_test.h"

namespace octet::serve {
namespace {

LoopbackOptions saying(std::string answer) {
  LoopbackOptions options;
  options.answer = std::move(answer);
  return options;
}

std::string text_of(const std::vector<Json>& events) {
  std::string out;
  for (const Json& e : events)
    for (const Json& choice : e["choices"]) out += choice["delta"].value("content", "");
  return out;
}

const Json weather_tool = parse_json(R"({"type": "function", "function": {"name": "get_weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}})",
                                     "a tool");
const std::string weather_call =
    "I look.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{\"city\": "
    "\"Ulm\"}\n"
    "```<｜tool▁call▁end｜><｜tool▁calls▁end｜>";

TEST(Api, ChatAnswersWhole) {
  Loopback server(saying("A heron is a bird."));
  Reply reply = post(server.port(), "/v1/chat/completions", chat({{"model", "mock"}}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  Json body = reply.json();
  EXPECT_EQ(body["object"], "chat.completion");
  EXPECT_EQ(body["model"], "mock");
  EXPECT_EQ(body["choices"][0]["message"]["content"], "A heron is a bird.");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
  EXPECT_GT(body["usage"]["prompt_tokens"], 0);
  EXPECT_EQ(body["usage"]["total_tokens"].get<int>(),
            body["usage"]["prompt_tokens"].get<int>() + body["usage"]["completion_tokens"].get<int>());
  EXPECT_GT(body["octet_cost"]["flops"].get<double>(), 0);
  EXPECT_GT(body["octet_cost"]["joules"].get<double>(), 0);
}

TEST(Api, ChatStreamsWithUsageAtTheEnd) {
  Loopback server(saying("A heron is a bird."));
  Reply reply = post(server.port(), "/v1/chat/completions",
                     chat({{"stream", true}, {"stream_options", {{"include_usage", true}}}}));
  ASSERT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.header("content-type").starts_with("text/event-stream"));
  EXPECT_TRUE(reply.body.ends_with("data: [DONE]\n\n"));
  auto events = reply.events();
  EXPECT_EQ(events.front()["choices"][0]["delta"]["role"], "assistant");
  EXPECT_EQ(text_of(events), "A heron is a bird.");
  EXPECT_EQ(events[events.size() - 2]["choices"][0]["finish_reason"], "stop");
  EXPECT_TRUE(events.back()["choices"].empty());
  EXPECT_GT(events.back()["usage"]["completion_tokens"].get<int>(), 2);
  EXPECT_TRUE(events.front()["usage"].is_null());
  EXPECT_TRUE(events.back().contains("octet_cost"));
}

TEST(Api, StopTextsEndTheAnswerBeforeThem) {
  Loopback server(saying("one two three four"));
  Json body = post(server.port(), "/v1/chat/completions", chat({{"stop", "three"}})).json();
  EXPECT_EQ(body["choices"][0]["message"]["content"], "one two ");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
  Reply streamed =
      post(server.port(), "/v1/chat/completions", chat({{"stop", Json::array({"x", "two"})}, {"stream", true}}));
  EXPECT_EQ(text_of(streamed.events()), "one ");
}

TEST(Api, MaxTokensEndsWithLength) {
  Loopback server(saying("one two three four five six seven"));
  for (const char* key : {"max_tokens", "max_completion_tokens"}) {
    Json body = post(server.port(), "/v1/chat/completions", chat({{key, 3}})).json();
    EXPECT_EQ(body["choices"][0]["finish_reason"], "length");
    EXPECT_EQ(body["usage"]["completion_tokens"], 3);
  }
}

TEST(Api, ChoicesShareTheirPrompt) {
  LoopbackOptions options = saying("yes");
  Loopback server(options);
  std::string question(400, 'a');
  Json request = {{"messages", Json::array({{{"role", "user"}, {"content", question}}})}, {"n", 3}};
  Json body = post(server.port(), "/v1/chat/completions", request).json();
  ASSERT_EQ(body["choices"].size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(body["choices"][i]["index"], i);
  auto statistics = server.service().engine().statistics();
  EXPECT_GE(statistics.cached_tokens, 2 * (statistics.prompt_tokens / 3 - 2 * infer::cache_block));
}

TEST(Api, LogprobsAndTraceTellOfEachToken) {
  LoopbackOptions options = saying("A heron");
  options.model.experts = 32;
  Loopback server(options);
  Json wish = {{"logprobs", true}, {"top_logprobs", 2}, {"octet_trace", {{"experts", true}, {"alternatives", 3}}}};
  Json body = post(server.port(), "/v1/chat/completions", chat(wish)).json();
  const Json& choice = body["choices"][0];
  size_t tokens = body["usage"]["completion_tokens"];
  ASSERT_EQ(choice["logprobs"]["content"].size(), tokens);
  ASSERT_EQ(choice["octet_trace"].size(), tokens);
  EXPECT_EQ(choice["logprobs"]["content"][0]["top_logprobs"].size(), 2u);
  EXPECT_EQ(choice["octet_trace"][0]["alternatives"].size(), 3u);
  EXPECT_EQ(choice["octet_trace"][0]["experts"].size(), 2u);
  EXPECT_EQ(choice["octet_trace"][0]["experts"][0].size(), 8u);
  std::string text;
  for (const Json& entry : choice["octet_trace"]) text += entry["text"];
  EXPECT_EQ(text, "A heron");
}

TEST(Api, CallsOfToolsAreParsedWholeAndStreamed) {
  Loopback server(saying(weather_call));
  Json request = chat({{"tools", Json::array({weather_tool})}});
  Json message = post(server.port(), "/v1/chat/completions", request).json()["choices"][0];
  EXPECT_EQ(message["finish_reason"], "tool_calls");
  EXPECT_EQ(message["message"]["content"], "I look.");
  ASSERT_EQ(message["message"]["tool_calls"].size(), 1u);
  EXPECT_EQ(message["message"]["tool_calls"][0]["function"]["name"], "get_weather");
  EXPECT_EQ(message["message"]["tool_calls"][0]["function"]["arguments"], "{\"city\": \"Ulm\"}");
  request["stream"] = true;
  std::string arguments, names;
  auto events = post(server.port(), "/v1/chat/completions", request).events();
  for (const Json& e : events)
    for (const Json& call : e["choices"][0]["delta"].value("tool_calls", Json::array())) {
      names += call["function"].value("name", "");
      arguments += call["function"]["arguments"];
    }
  EXPECT_EQ(names, "get_weather");
  EXPECT_EQ(arguments, "{\"city\": \"Ulm\"}");
  EXPECT_EQ(text_of(events), "I look.");
  EXPECT_EQ(events.back()["choices"][0]["finish_reason"], "tool_calls");
}

// Wherever the limit cuts a call: no mark is content, and a call whose name is known is told as far as it came.
TEST(Api, ACallThatIsCutLeaksNoMarks) {
  Loopback server(saying(weather_call));
  Json request = chat({{"tools", Json::array({weather_tool})}});
  bool partial = false;
  for (int tokens = 1;; ++tokens) {
    request["max_tokens"] = tokens;
    request["stream"] = false;
    Json choice = post(server.port(), "/v1/chat/completions", request).json()["choices"][0];
    if (choice["finish_reason"] != "length") break;
    std::string content = choice["message"].value("content", "");
    EXPECT_TRUE(std::string("I look.").starts_with(content)) << dump(choice);
    if (choice["message"].contains("tool_calls")) {
      const Json& function = choice["message"]["tool_calls"][0]["function"];
      EXPECT_EQ(function["name"], "get_weather");
      EXPECT_TRUE(std::string("{\"city\": \"Ulm\"}").starts_with(function["arguments"].get<std::string>()));
      partial |= function["arguments"] == "";
    }
    request["stream"] = true;
    EXPECT_EQ(text_of(post(server.port(), "/v1/chat/completions", request).events()), content);
  }
  EXPECT_TRUE(partial);
}

// The items of a response that the limit cuts: the last is incomplete, whole and streamed.
TEST(Api, ResponsesThatAreCutSayWhere) {
  Loopback server(saying(weather_call));
  Json tool = {{"type", "function"}, {"name", "get_weather"}, {"parameters", weather_tool["function"]["parameters"]}};
  Json request = {{"input", "Weather?"}, {"tools", Json::array({tool})}};
  std::set<std::string> cut_kinds;
  for (int tokens = 1;; ++tokens) {
    request["max_output_tokens"] = tokens;
    request["stream"] = false;
    Json body = post(server.port(), "/v1/responses", request).json();
    if (body["status"] == "completed") break;
    EXPECT_EQ(body["status"], "incomplete");
    const Json& output = body["output"];
    EXPECT_EQ(dump(output).find("<｜tool"), std::string::npos) << dump(output);
    ASSERT_FALSE(output.empty());
    for (size_t i = 0; i + 1 < output.size(); ++i) EXPECT_EQ(output[i]["status"], "completed");
    const Json& last = output.back();
    if (last["type"] == "function_call" && last["arguments"] == "{\"city\": \"Ulm\"}") continue;  // cut after it, maybe
    EXPECT_EQ(last["status"], "incomplete") << dump(output);
    cut_kinds.insert(last["type"].get<std::string>());
    request["stream"] = true;
    std::string told;
    for (const Json& e : post(server.port(), "/v1/responses", request).events())
      if (e["type"] == "response.output_item.done") told = e["item"]["status"];
    EXPECT_EQ(told, "incomplete");
  }
  EXPECT_EQ(cut_kinds, (std::set<std::string>{"function_call", "message"}));
}

TEST(Api, WithoutToolsTheirMarksAreText) {
  Loopback server(saying(weather_call));
  Json message = post(server.port(), "/v1/chat/completions",
                      chat({{"tools", Json::array({weather_tool})}, {"tool_choice", "none"}}))
                     .json()["choices"][0];
  EXPECT_EQ(message["message"]["content"], weather_call);
  EXPECT_FALSE(message["message"].contains("tool_calls"));
}

TEST(Api, ResultsOfToolsCanBeSentBack) {
  Loopback server(saying("It is warm."));
  Json messages = parse_json(R"([{"role": "user", "content": "Weather?"},
      {"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function",
        "function": {"name": "get_weather", "arguments": "{}"}}]},
      {"role": "tool", "tool_call_id": "call_1", "content": "warm"}])",
                             "messages");
  Reply reply =
      post(server.port(), "/v1/chat/completions", {{"messages", messages}, {"tools", Json::array({weather_tool})}});
  ASSERT_EQ(reply.status, 200) << reply.body;
  Reply tokens = post(server.port(), "/tokenize", {{"messages", messages}, {"tools", Json::array({weather_tool})}});
  std::string prompt = post(server.port(), "/detokenize", {{"tokens", tokens.json()["tokens"]}}).json()["prompt"];
  EXPECT_NE(prompt.find("get_weather\n```json\n{}"), prompt.npos) << prompt;
  EXPECT_NE(prompt.find("<｜tool▁output▁begin｜>warm<｜tool▁output▁end｜>"), prompt.npos) << prompt;
}

TEST(Api, ThoughtsComeApart) {
  LoopbackOptions options = saying("I think so.</think>Yes.");
  options.chat_template = "{{ messages[0].content }}{% if thinking %}<think>{% else %}</think>{% endif %}";
  Loopback server(options);
  Json message = post(server.port(), "/v1/chat/completions", chat({{"thinking", true}})).json();
  EXPECT_EQ(message["choices"][0]["message"]["reasoning_content"], "I think so.");
  EXPECT_EQ(message["choices"][0]["message"]["content"], "Yes.");
  EXPECT_GT(message["usage"]["completion_tokens_details"]["reasoning_tokens"].get<int>(), 1);
  EXPECT_LT(message["usage"]["completion_tokens_details"]["reasoning_tokens"], message["usage"]["completion_tokens"]);
  auto events = post(server.port(), "/v1/chat/completions", chat({{"thinking", true}, {"stream", true}})).events();
  std::string thought;
  for (const Json& e : events) thought += e["choices"][0]["delta"].value("reasoning_content", "");
  EXPECT_EQ(thought, "I think so.");
  EXPECT_EQ(text_of(events), "Yes.");
}

TEST(Api, CompletionsTakeTextsAndTokens) {
  Loopback server(saying("and so on"));
  Json prompts = Json::array({"One", "Two"});
  Json body = post(server.port(), "/v1/completions", {{"prompt", prompts}, {"n", 2}, {"logprobs", 1}}).json();
  ASSERT_EQ(body["choices"].size(), 4u) << dump(body);
  EXPECT_EQ(body["choices"][3]["text"], "and so on");
  EXPECT_EQ(body["choices"][3]["logprobs"]["tokens"].size(), body["choices"][3]["logprobs"]["text_offset"].size());
  body = post(server.port(), "/v1/completions", {{"prompt", {17, 42, 99}}, {"max_tokens", 2}}).json();
  EXPECT_EQ(body["usage"]["prompt_tokens"], 3);
  EXPECT_EQ(body["choices"][0]["finish_reason"], "length");
  Reply streamed = post(server.port(), "/v1/completions", {{"prompt", "One"}, {"stream", true}});
  std::string text;
  for (const Json& e : streamed.events()) text += e["choices"][0]["text"];
  EXPECT_EQ(text, "and so on");
}

TEST(Api, TopLogprobsHoldTheChosenToken) {
  Loopback server(saying("and so on"));
  for (int top : {0, 2}) {
    Json request = {{"prompt", "One"}, {"logprobs", top}, {"temperature", 2}, {"seed", 1}, {"max_tokens", 8}};
    Json logprobs = post(server.port(), "/v1/completions", request).json()["choices"][0]["logprobs"];
    ASSERT_GT(logprobs["tokens"].size(), 0u);
    for (size_t i = 0; i < logprobs["tokens"].size(); ++i) {
      const Json& best = logprobs["top_logprobs"][i];
      std::string token = logprobs["tokens"][i];
      ASSERT_TRUE(best.contains(token)) << token << " in " << dump(best);
      EXPECT_EQ(best[token], logprobs["token_logprobs"][i]);
      EXPECT_LE(best.size(), static_cast<size_t>(top) + 1);
      EXPECT_GE(best.size(), static_cast<size_t>(std::max(top, 1)));
    }
  }
}

TEST(Api, MoreChoicesThanAClientMayHaveAreRefused) {
  LoopbackOptions options = saying("yes");
  options.service.per_client = 2;
  Loopback server(options);
  Reply reply = post(server.port(), "/v1/chat/completions", chat({{"n", 3}}));
  EXPECT_EQ(reply.status, 400) << reply.body;
  EXPECT_EQ(reply.json()["error"]["param"], "n");
  reply = post(server.port(), "/v1/completions", {{"prompt", Json::array({"a", "b", "c"})}});
  EXPECT_EQ(reply.status, 400) << reply.body;
  EXPECT_EQ(reply.json()["error"]["param"], "prompt");
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", chat({{"n", 2}})).status, 200);
}

TEST(Api, SpeedCountsTheTokensThatDecodingMade) {
  LoopbackOptions options = saying("one two three four five six seven");
  options.model.seconds_per_step = 0.02;
  Loopback server(options);
  auto cost = [&](Json more) { return post(server.port(), "/v1/chat/completions", chat(more)).json()["octet_cost"]; };
  Json one = cost({{"max_tokens", 1}});
  EXPECT_TRUE(one.contains("tokens_per_second") && one["tokens_per_second"].is_null()) << dump(one);
  Json four = cost({{"max_tokens", 4}});
  EXPECT_DOUBLE_EQ(four["tokens_per_second"].get<double>(), 3 / four["seconds_decode"].get<double>());
  Json twice = cost({{"max_tokens", 4}, {"n", 2}});
  EXPECT_DOUBLE_EQ(twice["tokens_per_second"].get<double>(), 6 / twice["seconds_decode"].get<double>());
}

TEST(Api, ResponsesStreamTypedEvents) {
  Loopback server(saying(weather_call));
  Json tool = {{"type", "function"}, {"name", "get_weather"}, {"parameters", weather_tool["function"]["parameters"]}};
  Json request = {{"input", "Weather?"}, {"tools", Json::array({tool})}};
  Json body = post(server.port(), "/v1/responses", request).json();
  EXPECT_EQ(body["status"], "completed") << dump(body);
  ASSERT_EQ(body["output"].size(), 2u);
  EXPECT_EQ(body["output"][0]["content"][0]["text"], "I look.");
  EXPECT_EQ(body["output"][1]["type"], "function_call");
  request["stream"] = true;
  auto events = post(server.port(), "/v1/responses", request).events();
  std::vector<std::string> types;
  std::string arguments;
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i]["sequence_number"], i);
    std::string type = events[i]["type"];
    if (types.empty() || types.back() != type) types.push_back(type);
    if (type == "response.function_call_arguments.delta") arguments += events[i]["delta"];
  }
  std::vector<std::string> expected = {"response.created",
                                       "response.in_progress",
                                       "response.output_item.added",
                                       "response.content_part.added",
                                       "response.output_text.delta",
                                       "response.output_text.done",
                                       "response.content_part.done",
                                       "response.output_item.done",
                                       "response.output_item.added",
                                       "response.function_call_arguments.delta",
                                       "response.function_call_arguments.done",
                                       "response.output_item.done",
                                       "response.completed"};
  EXPECT_EQ(types, expected);
  EXPECT_EQ(arguments, "{\"city\": \"Ulm\"}");
}

TEST(Api, ErrorsNameTheField) {
  Loopback server(saying("yes"));
  auto refused = [&](const Json& body, const std::string& param, const std::string& word,
                     const char* path = "/v1/chat/completions") {
    Reply reply = post(server.port(), path, body);
    EXPECT_EQ(reply.status, 400) << dump(body);
    Json error = reply.json()["error"];
    EXPECT_EQ(error["param"], param) << dump(error);
    EXPECT_NE(error["message"].get<std::string>().find(word), std::string::npos) << dump(error);
    EXPECT_EQ(error["type"], "invalid_request_error");
  };
  refused(chat({{"temperatur", 1}}), "temperatur", "did you mean 'temperature'?");
  refused(chat({{"temperature", "hot"}}), "temperature", "expected a number");
  refused(chat({{"max_tokens", 0}}), "max_tokens", "expected an integer from 1");
  refused(chat({{"stop", 5}}), "stop", "list of strings");
  refused(chat({{"logit_bias", {{"99999999", 1}}}}), "logit_bias", "token ids");
  refused(chat({{"top_logprobs", 2}}), "top_logprobs", "logprobs is true");
  refused(chat({{"suffix", "x"}}), "suffix", "unknown");
  refused(chat({{"echo", true}}), "echo", "not supported");
  refused(chat({{"tool_choice", "required"}}), "tool_choice", "needs tools");
  refused({{"messages", Json::array()}}, "messages", "1 to");
  refused({{"messages", Json::array({{{"role", "wizard"}, {"content", "x"}}})}}, "messages[0].role", "one of system");
  refused({{"messages", Json::array({{{"role", "user"}, {"content", Json::array({{{"type", "image_url"}}})}}})}},
          "messages[0].content[0].type", "text");
  refused({{"prompt", "x"}, {"suffix", "y"}}, "suffix", "not supported", "/v1/completions");
  refused({{"prompt", {1, 99999}}}, "prompt", "token ids", "/v1/completions");
  refused({{"input", "x"}, {"previous_response_id", "r"}}, "previous_response_id", "keeps no responses",
          "/v1/responses");
  Reply other = post(server.port(), "/v1/chat/completions", chat({{"model", "gpt-9"}}));
  EXPECT_EQ(other.status, 404);
  EXPECT_EQ(other.json()["error"]["code"], "model_not_found");
  EXPECT_EQ(get(server.port(), "/v1/chat/completion").status, 404);
  Reply wrong_method = get(server.port(), "/v1/chat/completions");
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.header("allow"), "POST");
}

TEST(Api, NumbersThatNoDoubleHoldsAreRefused) {
  Loopback server(saying("yes"));
  Client client(server.port());
  std::string body = R"({"messages": [{"role": "user", "content": "a"}], "seed": 1e400})";
  client.send(fmt::format("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{}",
                          body.size(), body));
  Reply reply = client.receive();
  EXPECT_EQ(reply.status, 400) << reply.body;
  EXPECT_EQ(reply.json()["error"]["code"], "invalid_json");
}

TEST(Api, TooLongAPromptIsRefused) {
  Loopback server(saying("yes"));
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "word ";
  Reply reply =
      post(server.port(), "/v1/chat/completions", {{"messages", Json::array({{{"role", "user"}, {"content", text}}})}});
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["error"]["code"], "context_length_exceeded");
}

TEST(Api, TellsOfModelsAndHealth) {
  Loopback server(saying("yes"));
  Json models = get(server.port(), "/v1/models").json();
  EXPECT_EQ(models["data"][0]["id"], "mock");
  EXPECT_EQ(get(server.port(), "/v1/models/other-name").json()["root"], "mock");
  EXPECT_EQ(get(server.port(), "/v1/models/none").status, 404);
  EXPECT_EQ(get(server.port(), "/health").status, 200);
  Json model = get(server.port(), "/octet/model").json();
  EXPECT_EQ(model["experts"]["routed"], 32);
  EXPECT_EQ(model["context"], 4096);
  post(server.port(), "/v1/chat/completions", chat());
  std::string metrics = get(server.port(), "/metrics").body;
  for (const char* name :
       {"vllm:time_to_first_token_seconds_count{model_name=\"mock\"} 1", "vllm:num_requests_running{",
        "vllm:request_success_total{", "vllm:prefix_cache_queries_total{", "vllm:kv_cache_usage_perc{"})
    EXPECT_NE(metrics.find(name), metrics.npos) << name;
  EXPECT_EQ(get(server.port(), "/octet/experts").json()["layers"], Json::array({1, 2, 3, 4, 5}));
}

TEST(Api, KeysAreNeededWhereTheyAreSet) {
  LoopbackOptions options = saying("yes");
  options.service.keys = ApiKeys::parse("team-a sk-0123456789abcdef\n", "keys");
  Loopback server(options);
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", chat()).status, 401);
  Reply wrong = post(server.port(), "/v1/chat/completions", chat(), "Authorization: Bearer sk-wrong\r\n");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.json()["error"]["code"], "invalid_api_key");
  EXPECT_EQ(wrong.header("www-authenticate"), "Bearer");
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", chat(), "Authorization: Bearer sk-0123456789abcdef\r\n").status,
            200);
  EXPECT_EQ(get(server.port(), "/health").status, 200);
}

// A page that points its name to 127.0.0.1 is of one origin with what it asks: its Host gives it away.
TEST(Api, OtherHostsAreKeptOutOfTheLoopback) {
  auto status = [](Loopback& server, const std::string& host, const std::string& target = "/health") {
    Client client(server.port());
    client.send(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nOrigin: http://{}\r\n\r\n", target, host, host));
    return client.receive().status;
  };
  LoopbackOptions options = saying("yes");
  options.service.only_host = "127.0.0.2";
  Loopback server(options);
  for (const char* host :
       {"localhost", "localhost:9000", "127.0.0.1", "127.0.0.1:80", "127.0.0.2:80", "[::1]", "[::1]:80"})
    EXPECT_EQ(status(server, host), 200) << host;
  for (const char* host :
       {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", "[::2]", "localhost:x"})
    EXPECT_EQ(status(server, host), 403) << host;
  EXPECT_EQ(status(server, "localhost", "http://evil.example/health"), 403);
  Client page(server.port());
  std::string body = dump(chat());
  page.send(
      fmt::format("POST /v1/chat/completions HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n"
                  "Content-Length: {}\r\n\r\n{}",
                  body.size(), body));
  EXPECT_EQ(page.receive().status, 403);
  LoopbackOptions any = saying("yes");
  Loopback open(any);
  EXPECT_EQ(status(open, "chat.example"), 200);
}

TEST(Api, OtherOriginsAreKeptOut) {
  LoopbackOptions options = saying("yes");
  options.service.cors_origins = {"https://chat.example"};
  Loopback server(options);
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", chat(), "Origin: https://evil.example\r\n").status, 403);
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", chat(), "Origin: http://localhost\r\n").status, 200);
  Reply allowed =
      post(server.port(), "/v1/chat/completions", chat({{"stream", true}}), "Origin: https://chat.example\r\n");
  EXPECT_EQ(allowed.header("access-control-allow-origin"), "https://chat.example");
  Client client(server.port());
  client.send(
      "OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nOrigin: https://chat.example\r\n"
      "Access-Control-Request-Headers: authorization\r\n\r\n");
  Reply preflight = client.receive();
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("access-control-allow-headers"), "authorization");
}

}  // namespace
}  // namespace octet::serve
