#include "octet/train/recipe.h"

#include <gtest/gtest.h>

#include "octet/base/file.h"

namespace octet::train {
namespace {

Json small() {
  return parse_toml(R"(
    [model]
    preset = "octet-mini"
    [data]
    dir = "data/x"
    [schedule]
    steps = 10
  )",
                    "small.toml");
}

// What the error about a recipe says, or "" if it is accepted.
std::string refusal(const Json& recipe) {
  try {
    parse_recipe(recipe, "r.toml");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

std::string refusal_with(const std::string& assignment) {
  Json recipe = small();
  override_key(recipe, assignment);
  return refusal(recipe);
}

void expect_says(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << text << "' does not say '" << part << "'";
}

TEST(Recipe, DefaultsAreThoseOfTheV3Report) {
  Recipe r = parse_recipe(small(), "r.toml");
  EXPECT_EQ(r.optimizer.kind, OptimizerKind::adamw);
  EXPECT_DOUBLE_EQ(r.optimizer.beta1, 0.9);
  EXPECT_DOUBLE_EQ(r.optimizer.beta2, 0.95);
  EXPECT_DOUBLE_EQ(r.optimizer.weight_decay, 0.1);
  EXPECT_DOUBLE_EQ(r.optimizer.clip, 1.0);
  EXPECT_DOUBLE_EQ(r.mtp_weight.at(0), 0.3);
  EXPECT_DOUBLE_EQ(r.mtp_weight.at(1), 0.1);
  EXPECT_DOUBLE_EQ(r.bias_update_speed.at(0), 0.001);
  EXPECT_DOUBLE_EQ(r.bias_update_speed.at(1), 0);
  EXPECT_DOUBLE_EQ(r.sequence_balance, 1e-4);
}

TEST(Recipe, AnUnknownKeyNamesTheNearest) {
  expect_says(refusal_with("optimizer.weight_decy=0.1"), "unknown key 'weight_decy'");
  expect_says(refusal_with("optimizer.weight_decy=0.1"), "did you mean 'weight_decay'?");
  expect_says(refusal_with("shedule.kind=wsd"), "did you mean 'schedule'?");
  expect_says(refusal_with("batch.sequence_lenght=64"), "did you mean 'sequence_length'?");
}

TEST(Recipe, OverridesReplaceAndAdd) {
  Json recipe = small();
  override_key(recipe, "optimizer.kind=muon");  // a word without quotes
  override_key(recipe, "optimizer.lr=0.02");
  override_key(recipe, "data.weights.bible=2");
  override_key(recipe, "model.fields.hidden_size=64");
  Recipe r = parse_recipe(recipe, "r.toml");
  EXPECT_EQ(r.optimizer.kind, OptimizerKind::muon);
  EXPECT_DOUBLE_EQ(r.optimizer.muon_lr, 0.02) << "the peak of AdamW unless it is given";
  EXPECT_DOUBLE_EQ(r.data.weights.at("bible"), 2);
  EXPECT_EQ(r.model.fields.at("hidden_size"), 64);
  EXPECT_EQ(r.source.at("optimizer").at("kind"), "muon") << "run.json shows what held";
}

TEST(Recipe, AnOverriddenLengthReplacesTheRecipes) {
  Json recipe = small();
  override_key(recipe, "schedule.minutes=5");
  Recipe r = parse_recipe(recipe, "r.toml");
  EXPECT_FALSE(r.schedule.length.steps);
  EXPECT_DOUBLE_EQ(r.schedule.length.minutes.value(), 5);
  override_key(recipe, "schedule.tokens=1.5M");
  EXPECT_DOUBLE_EQ(parse_recipe(recipe, "r.toml").schedule.length.tokens.value(), 1.5e6);
}

TEST(Recipe, ContradictionsAreRefused) {
  Json two = small();
  two["schedule"]["minutes"] = 5;
  expect_says(refusal(two), "exactly one of steps, tokens, minutes");
  expect_says(refusal_with("batch.micro_batch=1000"), "divisor of tokens");
  expect_says(refusal_with("batch.sequence_length=1000"), "divisor of micro_batch");
  expect_says(refusal_with("schedule.tokens=\"0\""), "at least one token");
  expect_says(refusal_with("optimizer.momentum=0.9"), "Muon's");
  expect_says(refusal_with("optimizer.lr=fast"), "expected a number");
  Json weights = small();
  override_key(weights, "model.weights=models/x");
  override_key(weights, "model.vocab_from_data=true");
  expect_says(refusal(weights), "weights come with their own configuration");
}

TEST(Recipe, MalformedOverridesAreRefused) {
  Json recipe = small();
  for (const char* bad : {"optimizer.lr", "=3", ".lr=3", "a..b=3", "seed.x=1"}) {
    recipe["seed"] = 1;
    EXPECT_THROW(override_key(recipe, bad), Error) << bad;
  }
}

TEST(Recipe, EveryRecipeOfTheRepositoryIsAccepted) {
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(OCTET_SOURCE_DIR) / "recipes")) {
    if (entry.path().extension() != ".toml") continue;
    EXPECT_NO_THROW(read_recipe(entry.path(), {})) << entry.path();
    ++seen;
  }
  EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace octet::train
