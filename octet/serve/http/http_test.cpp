// The HTTP layer under clients that misbehave, over the loopback.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "octet/serve/loopback_test.h"

namespace octet::serve {
namespace {

using namespace std::chrono_literals;

LoopbackOptions quick(double seconds_per_step = 0) {
  LoopbackOptions options;
  options.model.seconds_per_step = seconds_per_step;
  options.http.limits.header = options.http.limits.body = 300ms;
  options.http.limits.idle = 400ms;
  options.http.limits.write = 500ms;
  return options;
}

// Waits for what happens on another thread.
template <class Condition>
bool soon(Condition&& condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

bool idle(Loopback& server) {
  return soon([&] {
    auto s = server.service().engine().statistics();
    return s.running == 0 && s.waiting == 0;
  });
}

TEST(Http, ConnectionsAreKeptAndPipelined) {
  Loopback server(quick());
  Client client(server.port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get("/health").status, 200);
  client.send(
      "GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: "
      "a\r\n\r\n");
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_EQ(client.receive().status, 404);
  EXPECT_EQ(client.receive().status, 200);
  Reply last = client.get("/health", "Connection: close\r\n");
  EXPECT_EQ(last.header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST(Http, ARequestPipelinedBehindAStreamIsAnswered) {
  LoopbackOptions options = quick();
  options.answer = "yes";
  Loopback server(options);
  Client client(server.port());
  client.send_post("/v1/chat/completions", chat({{"stream", true}}));
  client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.receive().body.ends_with("data: [DONE]\n\n"));
  EXPECT_EQ(client.receive().json()["status"], "ok");
}

TEST(Http, OldClientsGetNoChunks) {
  LoopbackOptions options = quick();
  options.answer = "yes";
  Loopback server(options);
  Client client(server.port());
  std::string body = dump(chat({{"stream", true}}));
  client.send(fmt::format("POST /v1/chat/completions HTTP/1.0\r\nContent-Length: {}\r\n\r\n{}", body.size(), body));
  Reply reply = client.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body.ends_with("data: [DONE]\n\n"));
}

TEST(Http, GarbageIsABadRequest) {
  Loopback server(quick());
  for (std::string garbage : {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and more", "HELO\r\n\r\n", "GET\r\n\r\n",
                              "GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"}) {
    Client client(server.port());
    client.send(garbage);
    EXPECT_EQ(client.receive().status, 400) << garbage;
    EXPECT_TRUE(client.closed());
  }
  EXPECT_EQ(get(server.port(), "/health").status, 200);
}

// Framing that a proxy in front could read otherwise: refused, and nothing behind it is taken for a request.
TEST(Http, FramingThatIsNotCertainIsRefused) {
  Loopback server(quick());
  const std::string next = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
  struct Case {
    int status;
    std::string head;
  };
  for (const Case& c : {Case{501, "HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip"},
                        {501, "HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity"},
                        {501, "HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked"},
                        {501, "HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked"},
                        {400, "HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4"},
                        {400, "HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked"},
                        {400, "HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: gzip"},
                        {400, "HTTP/1.0\r\nTransfer-Encoding: chunked"}}) {
    Client client(server.port());
    client.send("POST /tokenize " + c.head + "\r\n\r\n" + next);
    Reply reply = client.receive();
    EXPECT_EQ(reply.status, c.status) << c.head;
    EXPECT_EQ(reply.header("connection"), "close") << c.head;
    EXPECT_EQ(client.receive().status, 0) << c.head;
  }
}

TEST(Http, OneHostIsNamed) {
  Loopback server(quick());
  for (std::string headers : {"", "Host: a\r\nHost: a\r\n"}) {
    Client client(server.port());
    client.send("GET /health HTTP/1.1\r\n" + headers + "\r\n");
    EXPECT_EQ(client.receive().status, 400) << headers;
    EXPECT_TRUE(client.closed());
  }
  Client old(server.port());
  old.send("GET /health HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.receive().status, 200);
}

TEST(Http, TargetsMayBeAbsolute) {
  Loopback server(quick());
  Client client(server.port());
  for (std::string target : {"http://a/health", "HTTP://a:80/health?x=1", "https://a/health"}) {
    client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.receive().status, 200) << target;
  }
  client.send("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n");  // the page, or the words that there is none
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Http, AClientThatOnlyEndsSendingIsAnswered) {
  LoopbackOptions options = quick(0.02);
  options.answer = "one two three four five six";
  Loopback server(options);
  Client stream(server.port());
  stream.send_post("/v1/chat/completions", chat({{"stream", true}}));
  stream.end_sending();
  Reply reply = stream.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body.ends_with("data: [DONE]\n\n")) << reply.body;
  EXPECT_TRUE(stream.closed());
  Client ready(server.port());
  ready.send_post("/tokenize", {{"prompt", "abc"}});
  ready.end_sending();
  EXPECT_EQ(ready.receive().status, 200);
}

TEST(Http, AnswersHaveADateAndAnId) {
  LoopbackOptions options = quick();
  options.answer = "yes";
  Loopback server(options);
  Client client(server.port());
  std::set<std::string> ids;
  auto see = [&](const Reply& reply) {
    EXPECT_TRUE(reply.header("date").ends_with(" GMT")) << reply.head;
    EXPECT_TRUE(reply.header("x-request-id").starts_with("req_")) << reply.head;
    EXPECT_TRUE(ids.insert(reply.header("x-request-id")).second) << reply.head;
  };
  see(client.get("/health"));
  see(client.get("/nowhere"));
  see(client.post("/v1/chat/completions", chat()));
  see(client.post("/v1/chat/completions", chat({{"stream", true}})));
  see(client.get("/health", "X-Request-Id: two words\r\n"));
  see(client.get("/health", "X-Request-Id: " + std::string(200, 'x') + "\r\n"));
  EXPECT_EQ(client.get("/health", "X-Request-Id: mine-1\r\n").header("x-request-id"), "mine-1");
  client.send("HELO\r\n\r\n");
  see(client.receive());
}

TEST(Http, TheLogHasTheIdOfTheAnswer) {
  LoopbackOptions options = quick();
  options.answer = "yes";
  Loopback server(options);
  testing::internal::CaptureStderr();
  std::string id = post(server.port(), "/v1/chat/completions", chat()).header("x-request-id");
  std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("\"id\":\"" + id + "\""), log.npos) << log;
}

TEST(Http, GarbageInABodyIsABadRequest) {
  Loopback server(quick());
  Client client(server.port());
  client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{\"a\":");
  Reply reply = client.receive();
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["error"]["code"], "invalid_json");
  EXPECT_EQ(client.get("/health").status, 200);
}

TEST(Http, LongHeadersAndBodiesAreRefused) {
  LoopbackOptions options = quick();
  options.http.limits.body_bytes = 10000;
  Loopback server(options);
  Client headers(server.port());
  headers.send("GET /health HTTP/1.1\r\nX: " + std::string(40000, 'x') + "\r\n\r\n");
  EXPECT_EQ(headers.receive().status, 431);
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", chat({{"user", std::string(20000, 'x')}})).status, 413);
  Client chunked(server.port());
  chunked.send("POST /tokenize HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string kilobyte(1024, 'x');
  for (int i = 0; i < 20; ++i) chunked.send("400\r\n" + kilobyte + "\r\n");
  Reply reply = chunked.receive();
  EXPECT_EQ(reply.status, 413);
  EXPECT_NE(reply.json()["error"]["message"].get<std::string>().find("longer than 10000 bytes"), std::string::npos);
}

TEST(Http, BodiesOfAllTogetherHaveALimit) {
  LoopbackOptions options = quick();
  options.http.limits.bodies_bytes = 3000;
  Loopback server(options);
  Client first(server.port());
  first.send("POST /tokenize HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n");
  std::this_thread::sleep_for(50ms);
  Client second(server.port());
  second.send("POST /tokenize HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n");
  EXPECT_EQ(second.receive().status, 503);
}

TEST(Http, SlowClientsAreGivenUp) {
  Loopback server(quick());
  Client header(server.port());
  header.send("GET /health HT");
  EXPECT_EQ(header.receive().status, 408);
  EXPECT_TRUE(header.closed());
  Client body(server.port());
  body.send("POST /tokenize HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
  EXPECT_EQ(body.receive().status, 408);
  EXPECT_TRUE(body.closed());
  Client silent(server.port());
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
}

TEST(Http, ABodyIsAgreedToWhenAsked) {
  Loopback server(quick());
  Client client(server.port());
  client.send("POST /tokenize HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 16\r\n\r\n");
  EXPECT_EQ(client.receive_some(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(R"({"prompt": "abc"})");
  EXPECT_EQ(client.receive().status, 400);  // 17 bytes: the last one is missing
}

TEST(Http, TooManyConnectionsAreTurnedAway) {
  LoopbackOptions options = quick();
  options.http.limits.connections = 2;
  options.http.limits.idle = 10s;
  Loopback server(options);
  Client a(server.port()), b(server.port());
  EXPECT_EQ(a.get("/health").status, 200);
  EXPECT_EQ(b.get("/health").status, 200);
  Client c(server.port());
  EXPECT_EQ(c.receive().status, 503);
  a.close();
  EXPECT_TRUE(soon([&] { return server.server().connections() == 1; }));
  EXPECT_EQ(get(server.port(), "/health").status, 200);
}

TEST(Http, AClientThatGoesAwayEndsItsAnswer) {
  Loopback server(quick(0.005));
  for (Json more : {Json{{"stream", true}}, Json::object()}) {
    Client client(server.port());
    client.send_post("/v1/chat/completions", chat(more));
    ASSERT_TRUE(soon([&] { return server.service().engine().statistics().running == 1; }));
    client.close();
    EXPECT_TRUE(idle(server));
  }
  EXPECT_LT(server.service().engine().statistics().answer_tokens, 2000);
}

TEST(Http, ASlowReaderStopsNobody) {
  Loopback server(quick());
  Client slow(server.port());
  slow.send_post("/v1/chat/completions", chat({{"stream", true}, {"logprobs", true}, {"top_logprobs", 20}}));
  ASSERT_TRUE(soon([&] { return server.service().engine().statistics().answer_tokens > 100; }));
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", chat({{"max_tokens", 50}})).status, 200);
  EXPECT_TRUE(idle(server));  // the engine has said it all; the rest waits for the reader
  EXPECT_TRUE(slow.closed() || server.server().connections() <= 1);
}

TEST(Http, QueuesAreBounded) {
  LoopbackOptions options = quick(0.02);
  options.engine.max_batch = 1;
  options.engine.max_queue = 1;
  Loopback server(options);
  Client a(server.port()), b(server.port());
  a.send_post("/v1/chat/completions", chat({{"stream", true}}));
  ASSERT_TRUE(soon([&] { return server.service().engine().statistics().running == 1; }));
  b.send_post("/v1/chat/completions", chat({{"stream", true}}));
  ASSERT_TRUE(soon([&] { return server.service().engine().statistics().waiting == 1; }));
  Reply refused = post(server.port(), "/v1/chat/completions", chat());
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.json()["error"]["code"], "rate_limit_exceeded");
  EXPECT_GE(std::stoi(refused.header("retry-after")), 1);
}

TEST(Http, OneClientCannotTakeAllPlaces) {
  LoopbackOptions options = quick(0.02);
  options.service.per_client = 2;
  options.service.trusted_proxies = {"127.0.0.1"};
  Loopback server(options);
  Client a(server.port());
  a.send_post("/v1/chat/completions", chat({{"stream", true}, {"n", 2}}), "X-Forwarded-For: 10.0.0.1\r\n");
  ASSERT_TRUE(soon([&] { return server.service().engine().statistics().running >= 1; }));
  Json few = chat({{"max_tokens", 2}});
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", few, "X-Forwarded-For: 10.0.0.1\r\n").status, 429);
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", few, "X-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n").status, 200);
  a.close();
  EXPECT_TRUE(soon(
      [&] { return post(server.port(), "/v1/chat/completions", few, "X-Forwarded-For: 10.0.0.1\r\n").status == 200; }));
}

TEST(Http, DrainingLetsAnswersEnd) {
  LoopbackOptions options = quick(0.01);
  options.answer = "one two three four five six seven eight nine ten";
  options.http.limits.idle = 30s;
  Loopback server(options);
  Client running(server.port()), waiting(server.port());
  EXPECT_EQ(waiting.get("/health").status, 200);
  running.send_post("/v1/chat/completions", chat({{"stream", true}}));
  ASSERT_TRUE(soon([&] { return server.service().engine().statistics().running == 1; }));
  server.server().drain();
  std::jthread drain([&] { EXPECT_TRUE(server.service().drain(10)); });
  ASSERT_TRUE(soon([&] { return server.service().draining(); }));
  // Who comes meanwhile is told.
  for (const char* path : {"/health", "/v1/models"}) {
    Client late(server.port());
    Reply reply = late.get(path);
    EXPECT_EQ(reply.status, 503) << path;
    EXPECT_EQ(reply.header("connection"), "close");
    EXPECT_TRUE(late.closed());
  }
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", chat()).status, 503);
  EXPECT_EQ(get(server.port(), "/metrics").status, 200);
  Client silent(server.port());
  Reply reply = running.receive();
  EXPECT_TRUE(reply.body.ends_with("data: [DONE]\n\n"));
  EXPECT_TRUE(running.closed());
  EXPECT_TRUE(waiting.closed());
  drain.join();
  EXPECT_TRUE(server.server().wait_until_closed(5s));
  EXPECT_TRUE(silent.closed());
  EXPECT_EQ(get(server.port(), "/health").status, 0);  // nobody listens
}

TEST(Http, AnswersThatDrainCutsSayIt) {
  Loopback server(quick(0.01));
  Client client(server.port());
  client.send_post("/v1/chat/completions", chat({{"stream", true}}));
  ASSERT_TRUE(soon([&] { return server.service().engine().statistics().answer_tokens > 2; }));
  EXPECT_FALSE(server.service().drain(0.05));
  EXPECT_EQ(client.receive().events().back()["error"]["type"], "server_error");
  EXPECT_EQ(post(server.port(), "/v1/chat/completions", chat()).status, 503);
  EXPECT_EQ(get(server.port(), "/health").status, 503);
}

TEST(Http, SilentStreamsGiveSignsOfLife) {
  LoopbackOptions options = quick(0.4);
  options.answer = "yes";
  options.http.limits.silence = 100ms;
  Loopback server(options);
  Reply reply = post(server.port(), "/v1/chat/completions", chat({{"stream", true}}));
  EXPECT_NE(reply.body.find(": waiting\n\n"), reply.body.npos);
  EXPECT_EQ(reply.events().back()["choices"][0]["finish_reason"], "stop");
}

TEST(Http, AnAddressThatIsTakenIsRefused) {
  Loopback server(quick());
  http::ServerOptions options;
  options.port = server.port();
  Routes routes(server.service());
  EXPECT_THROW(http::Server(options, routes), Error);
}

TEST(Http, NoAddressIsRefused) {
  Loopback server(quick());
  http::ServerOptions options;
  options.port = 0;
  options.host = "";
  Routes routes(server.service());
  try {
    http::Server listening(options, routes);
    ADD_FAILURE() << "it listens at port " << listening.port();
  } catch (const Error& e) {
    EXPECT_TRUE(std::string(e.what()).starts_with("--host: expected an address")) << e.what();
  }
}

}  // namespace
}  // namespace octet::serve
