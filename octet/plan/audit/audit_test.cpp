#include "octet/plan/audit/audit.h"

#include <gtest/gtest.h>

#include "octet/base/error.h"

namespace octet::plan {
namespace {

std::filesystem::path home() { return OCTET_SOURCE_DIR; }

struct Expected {
  const char* file;
  const char* verdict;
  const char* kind;   // of the gravest finding; empty where the claim holds
  const char* words;  // in its sentence
};

constexpr Expected expected[] = {
    // The six sentences of the news text.
    {"v3-for-six-million", "misleading", "scope", "research"},
    {"fleet-fifty-thousand", "holds", "", ""},
    {"fleet-operation", "misleading", "period", "5 years"},
    {"invested-in-ai", "wrong", "contradiction", "1.6B"},
    {"r1-for-five-million", "wrong", "sum", "gpu_hours * price"},
    {"r1-against-gpt-4", "misleading", "scope", "research"},
    // As their sources say it.
    {"v3-report", "holds", "", ""},
    {"r1-nature", "holds", "", ""},
    {"h200-hour", "holds", "", ""},
    {"serving-revenue", "holds", "", ""},
    {"layout-of-v3", "holds", "", ""},
    {"cache-of-v3", "holds", "", ""},
    {"mfu-of-v3", "holds", "", ""},
    {"two-months", "holds", "", ""},
    // Each wrong in its own way.
    {"serving-tokens-counted-twice", "wrong", "double_counting", "contains it already"},
    {"rented-and-powered", "wrong", "double_counting", "power"},
    {"profit-margin", "misleading", "scope", "free-use"},
    {"mfu-wrong-peak", "wrong", "peak", "FP8"},
    {"cache-in-kilobytes", "wrong", "unit", "KiB"},
    {"compute-in-flops", "wrong", "unit", "FLOP"},
    {"layout-that-divides-nothing", "wrong", "layout", "64"},
    {"trained-in-a-week", "wrong", "hardware", "TFLOP/s"},
};

TEST(Audit, EveryClaimFileHasItsExpectedVerdictAndReason) {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(home() / "claims"))
    files += entry.path().extension() == ".toml";
  EXPECT_EQ(files, std::size(expected));
  for (const auto& e : expected) {
    Verdict v = audit(read_claim(home() / "claims" / (std::string(e.file) + ".toml")), home());
    EXPECT_STREQ(verdict_name(v.worst()), e.verdict) << report(v, Detail::explained);
    if (!*e.kind) {
      EXPECT_TRUE(v.findings.empty()) << report(v, Detail::findings);
      continue;
    }
    ASSERT_FALSE(v.findings.empty()) << e.file;
    EXPECT_EQ(v.findings.front().kind, e.kind) << report(v, Detail::findings);
    EXPECT_NE(v.findings.front().sentence.find(e.words), std::string::npos) << v.findings.front().sentence;
  }
}

Verdict check_claim(const std::string& toml) {
  return audit(parse_claim("statement = \"s\"\nsource = \"t\"\n" + toml, "claim"), home());
}

std::string verdict_of(const std::string& toml) { return verdict_name(check_claim(toml).worst()); }

TEST(Audit, ABoundIsABound) {
  auto claim = [](const char* cost) {
    return fmt::format(
        "kind = \"cost\"\n[claimed]\ncost = \"{}\"\n[evidence]\ngpu_hours = \"2788K GPU-hours\"\n"
        "price = \"2 $/GPU-hour\"\n",
        cost);
  };
  for (const char* holds : {"$6M", "more than $5M", "more than $5.5M", "less than $6M", "about $5.5M"})
    EXPECT_EQ(verdict_of(claim(holds)), "holds") << holds;
  for (const char* wrong : {"$6.00M", "more than $6M", "at least $6M", "less than $5M", "under $5.5M"})
    EXPECT_EQ(verdict_of(claim(wrong)), "wrong") << wrong;
}

TEST(Audit, APriceMayBeOneOfTokens) {
  EXPECT_EQ(verdict_of("kind = \"economics\"\n[claimed]\nprice = \"$2.19 per million tokens\"\nrevenue = \"$367,920\"\n"
                       "[evidence]\noutput = \"168B tokens\"\ncost = \"$87,072\"\ngpu_hours = \"43536 GPU-hours\"\n"
                       "[[relation]]\nclaimed = \"revenue\"\ncomputed = \"output * price\"\n"),
            "holds");
}

TEST(Audit, Fp8ProductsMayPassTheBf16Peak) {
  auto claim = [](const char* mfu, const char* rate) {
    return fmt::format(
        "kind = \"utilisation\"\ngpu = \"h800\"\nprecision = \"fp8\"\npeak = \"bf16\"\n[claimed]\nmfu = \"{}\"\n"
        "flops_per_gpu = \"{}\"\n",
        mfu, rate);
  };
  EXPECT_EQ(verdict_of(claim("120 %", "1187 TFLOP/s")), "holds");
  EXPECT_EQ(verdict_of(claim("220 %", "2176 TFLOP/s")), "wrong");
}

TEST(Audit, AModelsNameGivesItsSizes) {
  Verdict v = check_claim(
      "kind = \"memory\"\nmodel = \"deepseek-v3\"\n[claimed]\nweights = \"671 GB\"\n[evidence]\n"
      "bytes_per_parameter = \"2 bytes/parameter\"\n");
  EXPECT_STREQ(verdict_name(v.worst()), "wrong");
  EXPECT_NE(v.findings.front().sentence.find("2 times what is said"), std::string::npos) << v.findings.front().sentence;
  EXPECT_EQ(v.findings.front().sentence.find("sparse"), std::string::npos) << v.findings.front().sentence;
  EXPECT_EQ(verdict_of("kind = \"memory\"\nmodel = \"deepseek-v3\"\n[claimed]\nweights = \"671 GB\"\n[evidence]\n"
                       "bytes_per_parameter = \"1 bytes/parameter\"\n"),
            "holds");
}

TEST(Audit, AFormulaWithoutAValueIsRefused) {
  for (const char* formula : {"1/0", "10^400 * cost"})
    EXPECT_THROW(check_claim(fmt::format("kind = \"cost\"\n[claimed]\ncost = \"$5M\"\n[[relation]]\n"
                                         "claimed = \"cost\"\ncomputed = \"{}\"\n",
                                         formula)),
                 Error);
}

std::string kinds(const Verdict& v) {
  std::string out = verdict_name(v.worst());
  for (const auto& f : v.findings) out += " " + f.kind;
  return out;
}

TEST(Audit, SumsAreJudgedByTheDigitsWritten) {
  auto sum = [](const char* total) {
    return kinds(
        check_claim(fmt::format("kind = \"sum\"\n[claimed]\ntotal = \"{}\"\n[evidence]\na = \"$3.2M\"\nb = "
                                "\"$2.376M\"\n[[relation]]\nclaimed = \"total\"\ncomputed = \"a + b\"\n",
                                total)));
  };
  EXPECT_EQ(sum("$5.576M"), "holds");
  EXPECT_EQ(sum("$5.58M"), "holds");
  EXPECT_EQ(sum("$6M"), "holds");
  EXPECT_EQ(sum("about $5.4M"), "holds");
  EXPECT_EQ(sum("$5.676M"), "wrong sum");
  EXPECT_EQ(sum("$7M"), "wrong sum");
  EXPECT_EQ(sum("$5M"), "misleading rounding");
  EXPECT_EQ(sum("$5.576B"), "wrong sum");
  EXPECT_EQ(sum("5.576M GPU-hours"), "wrong unit");
}

TEST(Audit, KnowsWhatFactorWentWrong) {
  Verdict v = check_claim(
      "kind = \"sum\"\n[claimed]\ntotal = \"$557.6\"\n[evidence]\na = \"5,576 $\"\n[[relation]]\nclaimed = "
      "\"total\"\ncomputed = \"a\"\n");
  ASSERT_EQ(kinds(v), "wrong contradiction");
  EXPECT_NE(v.findings[0].sentence.find("factor of 10"), std::string::npos) << v.findings[0].sentence;
}

TEST(Audit, CountsThatCannotBe) {
  auto layout = [](const char* gpus, const char* degrees, const char* more = "") {
    return kinds(check_claim(
        fmt::format("kind = \"layout\"\n{}\n[claimed]\ngpus = \"{}\"\n[layout]\n{}\n", more, gpus, degrees)));
  };
  EXPECT_EQ(layout("2048 GPUs", "pp = 16\nep = 64"), "holds");
  EXPECT_EQ(layout("2000 GPUs", "pp = 16\nep = 64"), "wrong layout");
  EXPECT_EQ(layout("2047 GPUs", "pp = 16"), "wrong layout");
  EXPECT_EQ(layout("2048 GPUs", "pp = 16\ndp = 64"), "wrong layout");
  EXPECT_EQ(layout("2048 GPUs", "pp = 16\nep = 256"), "wrong layout");
  EXPECT_EQ(layout("1536 GPUs", "pp = 16\nep = 96", "model = \"deepseek-v3\""), "wrong layout");
  EXPECT_EQ(layout("2048 GPUs", "tp = 5\npp = 16"), "wrong layout");
}

TEST(Audit, UtilisationKnowsPeaksAndConventions) {
  auto mfu = [](const char* share, const char* more = "") {
    return kinds(
        check_claim(fmt::format("kind = \"utilisation\"\ngpu = \"h800\"\n{}\n[claimed]\nmfu = "
                                "\"{}\"\n[evidence]\nflops_per_gpu = \"385 TFLOP/s/GPU\"\n",
                                more, share)));
  };
  EXPECT_EQ(mfu("38.9 %", "peak = \"bf16\""), "holds");
  EXPECT_EQ(mfu("38.9 %"), "holds");
  EXPECT_EQ(mfu("19.5 %", "peak = \"fp8\""), "holds");
  EXPECT_EQ(mfu("19.5 %"), "misleading peak");
  EXPECT_EQ(mfu("38.9 %", "peak = \"fp8\""), "wrong peak");
  EXPECT_EQ(mfu("55 %"), "wrong mfu");
  EXPECT_EQ(mfu("120 %"), "wrong hardware mfu");
}

TEST(Audit, ThroughputStaysBelowTheHardware) {
  auto rate = [](const char* tokens) {
    return kinds(
        check_claim(fmt::format("kind = \"throughput\"\nmodel = \"deepseek-v3\"\ngpu = \"h800\"\nphase = "
                                "\"training\"\n[claimed]\ntokens_per_second_per_gpu = \"{} tokens/s/GPU\"\n",
                                tokens)));
  };
  EXPECT_EQ(rate("1541"), "holds");
  EXPECT_EQ(rate("9000"), "wrong hardware");
  EXPECT_EQ(
      kinds(check_claim("kind = \"throughput\"\nmodel = \"deepseek-v3\"\ngpu = \"h800\"\nphase = "
                        "\"decode\"\n[claimed]\ngpus = \"8 GPUs\"\ntokens_per_second_per_user = \"2000 tokens/s\"\n")),
      "wrong hardware");
  EXPECT_EQ(kinds(check_claim("kind = \"memory\"\nmodel = \"deepseek-v3\"\ngpu = \"h100\"\n[claimed]\ngpus = \"8 "
                              "GPUs\"\nbytes_per_parameter = \"2 bytes\"\n")),
            "wrong hardware");
}

TEST(Audit, KnownNamesMayBeWrittenShort) {
  EXPECT_EQ(kinds(check_claim("kind = \"cost\"\n[claimed]\ncost = \"$5.576M\"\n[evidence]\ngpu_hours = \"2788K "
                              "hours\"\nprice = \"$2/h\"\n[scope]\nheadline = \"run\"\ncovers = [\"run\"]\n")),
            "holds");
  auto bandwidth = [](const char* text) {
    return kinds(check_claim(
        fmt::format("kind = \"throughput\"\ngpu = \"H800\"\n[claimed]\nnvlink_bandwidth = \"{}\"\n", text)));
  };
  EXPECT_EQ(bandwidth("158 GB/s"), "holds");
  EXPECT_EQ(bandwidth("400 GB/s"), "wrong hardware");
}

TEST(Audit, NewsLikeClaimsWithoutAScopeAreReadByTheirWords) {
  const char* figures =
      "kind = \"cost\"\n[claimed]\ncost = \"$5.576M\"\n[evidence]\ngpu_hours = \"2788K GPU-hours\"\nprice = \"2 "
      "$/GPU-hour\"\n";
  auto said = [&](const std::string& words) {
    return audit(parse_claim("statement = \"" + words + "\"\nsource = \"t\"\n" + figures, "claim"), home());
  };
  EXPECT_EQ(kinds(said("the model was built for $5.576M")), "misleading scope");
  EXPECT_EQ(kinds(said("the final run took $5.576M of GPU time")), "holds");
  EXPECT_FALSE(said("the model was built for $5.576M").excluded.empty());
}

void refused(const std::string& toml, const char* because) {
  try {
    check_claim(toml);
    ADD_FAILURE() << "accepted: " << toml;
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find(because), std::string::npos) << e.what();
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
  }
}

TEST(Audit, RefusesInOneClearLine) {
  refused("kind = \"cost\"\nmodle = \"deepseek-v3\"\n[claimed]\na = \"$1\"\n", "did you mean 'model'");
  refused("kind = \"price\"\n[claimed]\na = \"$1\"\n", "expected one of");
  refused("kind = \"cost\"\n[claimed]\na = 5\n", "without its unit");
  refused("kind = \"cost\"\n[claimed]\na = \"5\"\n", "without its unit");
  refused("kind = \"cost\"\n[claimed]\na = \"-5 $\"\n", "negative");
  refused("kind = \"cost\"\ngpu = \"h900\"\n[claimed]\na = \"$5\"\n", "h900");
  refused("kind = \"cost\"\nmodel = \"deepseek-v9\"\n[claimed]\na = \"$5\"\n", "deepseek-v9");
  refused("kind = \"sum\"\n[claimed]\nabc = \"$5\"\n[[relation]]\nclaimed = \"abd\"\ncomputed = \"abc\"\n",
          "did you mean 'abc'");
  refused("kind = \"sum\"\n[claimed]\na = \"$5\"\n[[relation]]\nclaimed = \"a\"\ncomputed = \"b\"\n", "'b'");
  refused("kind = \"cost\"\n[claimed]\na = \"$5\"\n[scope]\nheadline = \"everything\"\n", "expected one of");
  refused("kind = \"cost\"\n[claimed]\na = \"$5\"\n[scope]\ncovers = [\"pretraning\"]\n", "did you mean 'pretraining'");
  refused("kind = \"layout\"\n[layout]\ntp = 0\n", "from 1");
  refused("kind = \"layout\"\n[layout]\nzp = 1\n", "zp");
  refused("kind = \"cost\"\n", "nothing to check");
  refused("kind = \"sum\"\n[claimed]\ntotal = \"$5\"\n[evidence]\na = \"$2\"\n", "nothing that could be recomputed");
}

TEST(Audit, JsonHasTheKeysOfTheContract) {
  Json out = to_json(audit(read_claim(home() / "claims" / "v3-for-six-million.toml"), home()));
  EXPECT_EQ(out["verdict"], "misleading");
  EXPECT_TRUE(out["findings"][0].contains("kind"));
  EXPECT_TRUE(out["findings"][0].contains("sentence"));
  EXPECT_EQ(out["scope"]["included"].size(), 3u);
  EXPECT_GE(out["scope"]["excluded"].size(), 4u);
}

}  // namespace
}  // namespace octet::plan
