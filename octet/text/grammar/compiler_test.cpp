#include <gtest/gtest.h>

#include <thread>

#include "octet/text/grammar/testing_masks.h"

namespace octet::text {
namespace {

using namespace grammar_testing;

class Compiler : public Masks {};

TEST_F(Compiler, CompiledGrammarsAreKeptAndBounded) {
  GrammarCompiler compiler(mini_tokenizer(), {end_token}, padded_vocab, 64 << 10);
  auto first = compiler.compile(RegexSpec{"a+"});
  EXPECT_EQ(compiler.compile(RegexSpec{"a+"}), first);
  EXPECT_NE(compiler.compile(ChoiceSpec{{"a+"}}), first);
  for (int i = 0; i < 100; ++i) compiler.compile(RegexSpec{fmt::format("x{}[a-z]{{1,9}}", i)});
  EXPECT_NE(compiler.compile(RegexSpec{"a+"}), first);
  GrammarState state(first);  // outlives the cache
  EXPECT_FALSE(mask_of(state).allowed().empty());
}

TEST_F(Compiler, AnyNumberOfThreadsCompile) {
  GrammarCompiler compiler(mini_tokenizer(), {end_token}, padded_vocab);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&compiler, t] {
      for (int i = 0; i < 15; ++i) {
        Json schema = {{"type", "object"},
                       {"properties", {{fmt::format("p{}", (i + t) % 7), {{"type", "string"}, {"maxLength", 5 + i}}}}}};
        GrammarState state(compiler.compile(JsonSchemaSpec{dump(schema)}));
        EXPECT_FALSE(mask_of(state).allowed().empty());
      }
    });
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Compiler, AmbiguousGrammarsAreGivenUp) {
  GrammarState state(
      mini_compiler().compile(EbnfSpec{"root ::= (x | y | z)*\nx ::= [a-z]+\ny ::= [a-m]+\nz ::= x y | y x\n"}));
  Random random(1);
  EXPECT_THROW(
      {
        for (int step = 0; step < 4000; ++step) {
          std::vector<int32_t> allowed = mask_of(state).allowed();
          std::erase(allowed, end_token);
          ASSERT_TRUE(state.accept(random.pick(allowed)));
        }
      },
      Error);
}

TEST(MasksAbsent, AreRefusedByName) {
  if (has_token_masks()) GTEST_SKIP() << "built with XGrammar";
  try {
    mini_compiler().compile(JsonObjectSpec{});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_NE(error.sentence().find("XGrammar"), std::string::npos);
  }
}

}  // namespace
}  // namespace octet::text
