#include "octet/infer/model_runner.h"

#include <c10/core/InferenceMode.h>

#include <numeric>

#include "octet/base/error.h"
#include "octet/infer/drafter.h"
#include "octet/ops/ops.h"

namespace octet::infer {

namespace {

static_assert(cache_block == model::Cache::block);

std::span<const float> numbers(const at::Tensor& t) {
  return {t.const_data_ptr<float>(), static_cast<size_t>(t.numel())};
}

at::Tensor rows_of(const at::Tensor& x, const std::vector<int64_t>& rows) {
  return x.index_select(0, at::tensor(rows, at::kLong).to(x.device()));
}

// Logits of some rows of hidden states, float32 [rows, V] on the CPU.
at::Tensor logits_of(const model::Transformer& model, const at::Tensor& hidden_TD, const std::vector<int64_t>& rows) {
  if (rows.empty()) return at::empty({0, model.config.vocab}, at::kFloat);
  return model.logits(rows_of(hidden_TD, rows)).cpu().contiguous();
}

// What a step leaves for the drafter.
struct LastStep {
  at::Tensor hidden_TD;
  std::vector<Part> parts;
  std::vector<int64_t> first_row;  // of each part in hidden_TD
};

// MTP's module as the drafter: row i, from h_i and the token after it, predicts the one after that. Its latents are
// kept in the cache's layer behind the model's own, in the same blocks.
class MtpDrafter : public Drafter {
 public:
  MtpDrafter(const model::Transformer& model, model::Cache& cache, const LastStep& last)
      : model_(model), cache_(cache), last_(last) {}

  void observe(std::span<const Observed> observed) override {
    at::InferenceMode inference;
    ops::UsePath independent(ops::Path::independent);
    std::vector<int64_t> rows, wanted;
    std::vector<std::vector<int64_t>> next;
    std::vector<model::Placed> placed;
    row_of_.assign(observed.size(), -1);
    next.reserve(observed.size());
    for (size_t i = 0; i < observed.size(); ++i) {
      const Observed& o = observed[i];
      const Part& part = last_.parts.at(static_cast<size_t>(o.part));
      auto following = part.tokens.subspan(static_cast<size_t>(part.begin) + 1, static_cast<size_t>(o.kept) - 1);
      next.emplace_back(following.begin(), following.end()).push_back(o.next);
      placed.push_back({next.back(), part.begin, part.blocks});
      for (int64_t r = 0; r < o.kept; ++r) rows.push_back(last_.first_row[static_cast<size_t>(o.part)] + r);
      if (o.guess == Observed::Guess::none) continue;
      row_of_[i] = static_cast<int64_t>(wanted.size());
      wanted.push_back(static_cast<int64_t>(rows.size()) - 1);
    }
    model::Batch batch = model::make_batch(cache_, placed, model_.device());
    bool all = static_cast<int64_t>(rows.size()) == last_.hidden_TD.size(0);
    at::Tensor h_TD = all ? last_.hidden_TD : rows_of(last_.hidden_TD, rows);
    logits_ = logits_of(model_, model_.forward_mtp(0, h_TD, batch.tokens_T, batch).hidden_TD, wanted);
  }

  std::span<const float> propose(size_t index) override {
    int64_t row = row_of_.at(index), vocabulary = logits_.size(1);
    check(row >= 0, "a guess that nobody wished for");
    return numbers(logits_).subspan(static_cast<size_t>(row * vocabulary), static_cast<size_t>(vocabulary));
  }

 private:
  const model::Transformer& model_;
  model::Cache& cache_;
  const LastStep& last_;
  std::vector<int64_t> row_of_;
  at::Tensor logits_;
};

class ModelRunner : public Runner {
 public:
  ModelRunner(std::shared_ptr<const model::Transformer> model, const ModelRunnerOptions& options)
      : model_(std::move(model)),
        cache_(model_->config, options.cache_tokens, model_->compute == at::kHalf ? at::kFloat : model_->compute,
               model_->device()),
        geometry_{model_->config.vocab, model_->config.max_position_embeddings, cache_.total_blocks(),
                  cache_.bytes_per_token()} {
    if (model_->mtp.empty()) return;
    // A position that the module never saw, because its answer ended there, is read as zeros rather than as anything.
    cache_.layer(static_cast<int64_t>(model_->layers.size())).zero_();
    drafter_ = std::make_unique<MtpDrafter>(*model_, cache_, last_);
  }

  const Geometry& geometry() const override { return geometry_; }
  Drafter* drafter() override { return drafter_.get(); }

  const StepResult& run(std::span<const Part> parts) override {
    at::InferenceMode inference;
    ops::UsePath independent(ops::Path::independent);
    std::vector<model::Placed> placed;
    std::vector<int64_t> wanted;
    last_.parts.assign(parts.begin(), parts.end());
    last_.first_row.clear();
    int64_t row = 0;
    for (const Part& p : parts) {
      auto computed = p.tokens.subspan(static_cast<size_t>(p.begin), static_cast<size_t>(p.count()));
      placed.push_back({computed, p.begin, p.blocks});
      last_.first_row.push_back(row);
      row += p.count();
      for (int64_t r = row - p.logits; r < row; ++r) wanted.push_back(r);
    }
    model::Forward out = model_->forward(model::make_batch(cache_, placed, model_->device()));
    last_.hidden_TD = out.hidden_TD;
    logits_ = logits_of(*model_, out.hidden_TD, wanted);
    result_.logits = numbers(logits_);
    keep(out.routing);
    return result_;
  }

 private:
  std::shared_ptr<const model::Transformer> model_;
  model::Cache cache_;
  Geometry geometry_;
  LastStep last_;
  std::unique_ptr<MtpDrafter> drafter_;
  at::Tensor logits_;
  std::vector<model::Routing> routing_;
  StepResult result_;

  void keep(std::vector<model::Routing>& routing) {
    routing_ = std::move(routing);
    result_.routing.clear();
    for (auto& r : routing_) {
      r.indices_TK = r.indices_TK.cpu().contiguous();
      r.weights_TK = r.weights_TK.cpu().contiguous();
      auto pairs = static_cast<size_t>(r.indices_TK.numel());
      result_.routing.push_back({r.layer,
                                 r.scores_TE.size(1),
                                 r.indices_TK.size(1),
                                 {r.indices_TK.const_data_ptr<int64_t>(), pairs},
                                 numbers(r.weights_TK)});
    }
  }
};

}  // namespace

std::unique_ptr<Runner> make_model_runner(std::shared_ptr<const model::Transformer> model, ModelRunnerOptions options) {
  return std::make_unique<ModelRunner>(std::move(model), options);
}

}  // namespace octet::infer
