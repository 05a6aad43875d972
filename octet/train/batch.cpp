#include "octet/train/batch.h"

#include "octet/base/error.h"

namespace octet::train {

namespace {

at::Tensor tensor_of(const std::vector<int32_t>& values) {
  at::Tensor out = at::empty({static_cast<int64_t>(values.size())}, at::kLong);
  std::copy(values.begin(), values.end(), out.data_ptr<int64_t>());
  return out;
}

int64_t count(const std::vector<int32_t>& targets) {
  return std::count_if(targets.begin(), targets.end(), [](int32_t t) { return t >= 0; });
}

// values[i + 1] inside a piece, `edge` at a piece's last token.
std::vector<int32_t> moved_up(const std::vector<int32_t>& values, const std::vector<int64_t>& cu_seqlens,
                              int32_t edge) {
  std::vector<int32_t> out(values.size(), edge);
  for (size_t s = 0; s + 1 < cu_seqlens.size(); ++s)
    for (int64_t i = cu_seqlens[s]; i + 1 < cu_seqlens[s + 1]; ++i)
      out[static_cast<size_t>(i)] = values[static_cast<size_t>(i) + 1];
  return out;
}

}  // namespace

TrainBatch make_train_batch(const data::PackedBatch& packed, size_t mtp_modules, at::Device device) {
  check(!packed.tokens.empty() && packed.cu_seqlens.size() >= 2, "an empty batch");
  TrainBatch out;
  out.batch.tokens_T = tensor_of(packed.tokens).to(device);
  out.batch.positions_T = tensor_of(packed.positions).to(device);
  if (!packed.positions.empty())
    out.batch.positions_end = *std::max_element(packed.positions.begin(), packed.positions.end()) + int64_t{1};
  out.batch.cu_seqlens_S1 = at::tensor(packed.cu_seqlens, at::kLong);
  out.targets_T = tensor_of(packed.targets).to(device);
  out.targets = count(packed.targets);
  // Token 0 stands in where a piece has no next token: nothing attends there, and the target is -1.
  std::vector<int32_t> next = moved_up(packed.tokens, packed.cu_seqlens, 0);
  std::vector<int32_t> targets = packed.targets2;
  for (size_t k = 0; k < mtp_modules; ++k) {
    if (k > 0) next = moved_up(next, packed.cu_seqlens, 0), targets = moved_up(targets, packed.cu_seqlens, -1);
    out.mtp_next_T.push_back(tensor_of(next).to(device));
    out.mtp_targets_T.push_back(tensor_of(targets).to(device));
    out.mtp_targets.push_back(count(targets));
  }
  double squares = 0;
  for (size_t s = 0; s + 1 < packed.cu_seqlens.size(); ++s)
    squares += std::pow(static_cast<double>(packed.cu_seqlens[s + 1] - packed.cu_seqlens[s]), 2);
  out.keys_per_token = squares / static_cast<double>(packed.tokens.size());
  return out;
}

}  // namespace octet::train
