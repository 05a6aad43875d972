#include "octet/arch/check.h"

#include <set>
#include <unordered_map>

#include "octet/arch/inventory.h"

namespace octet::arch {

namespace {

std::string text(const std::vector<int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

class Check {
 public:
  Check(const Config& config, const std::vector<FoundTensor>& found, const std::string& where)
      : config_(config), where_(where) {
    for (const auto& tensor : found) found_.emplace(tensor.name, &tensor);
  }

  void expect(const TensorSpec& spec) {
    expected_.insert(spec.name);
    auto it = found_.find(spec.name);
    if (it == found_.end()) {
      if (!spec.copy) missing(spec);
      return;
    }
    const FoundTensor& tensor = *it->second;
    check_shape(tensor, spec.shape);
    if (tensor.dtype == "F8_E4M3" && spec.fp8)
      expect_scales(spec);
    else
      check_dtype(tensor, spec.fp8 ? std::vector<std::string>{"F8_E4M3", "BF16", "F16", "F32"}
                                   : std::vector<std::string>{"BF16", "F16", "F32"});
  }

  void refuse_others(const std::vector<FoundTensor>& found) {
    for (const auto& tensor : found) {
      bool tied_head = config_.tie_word_embeddings && tensor.name == config_.tensor_prefix + "lm_head.weight";
      if (!tensor.name.starts_with(config_.tensor_prefix)) continue;  // of another part of the model
      if (expected_.contains(tensor.name) || tied_head || tensor.name.ends_with(".rotary_emb.inv_freq")) continue;
      throw Error(ErrorKind::file,
                  fmt::format("{}: unexpected tensor '{}' {} {}", tensor.file, printable(tensor.name), tensor.dtype,
                              text(tensor.shape)),
                  hint_for_unexpected(tensor.name));
    }
  }

 private:
  const Config& config_;
  const std::string& where_;
  std::unordered_map<std::string, const FoundTensor*> found_;
  std::set<std::string> expected_;

  [[noreturn]] void missing(const TensorSpec& spec) const {
    throw Error(ErrorKind::file, fmt::format("{}: tensor '{}' {} is missing", where_, spec.name, text(spec.shape)),
                spec.mtp ? "num_nextn_predict_layers 0 in config.json reads a model without its MTP layers"
                         : "the weights are incomplete or belong to another config.json");
  }

  void check_shape(const FoundTensor& tensor, const std::vector<int64_t>& shape) const {
    if (tensor.shape == shape) return;
    throw Error(ErrorKind::file,
                fmt::format("{}: tensor '{}': expected shape {}, found {}", tensor.file, tensor.name, text(shape),
                            text(tensor.shape)),
                "config.json and weights do not belong together");
  }

  void check_dtype(const FoundTensor& tensor, const std::vector<std::string>& dtypes) const {
    for (const auto& dtype : dtypes)
      if (tensor.dtype == dtype) return;
    throw Error(ErrorKind::file,
                fmt::format("{}: tensor '{}': expected {}, found {}", tensor.file, tensor.name,
                            fmt::join(dtypes, " or "), tensor.dtype),
                tensor.dtype == "F8_E4M3" && !config_.fp8 ? "config.json has no quantization_config" : "");
  }

  void expect_scales(const TensorSpec& spec) {
    std::string name = spec.name + "_scale_inv";
    expected_.insert(name);
    auto blocks = [](int64_t n, int64_t block) { return (n + block - 1) / block; };
    std::vector<int64_t> shape = {blocks(spec.shape[0], config_.fp8->block_rows),
                                  blocks(spec.shape[1], config_.fp8->block_cols)};
    auto it = found_.find(name);
    if (it == found_.end())
      throw Error(ErrorKind::file, fmt::format("{}: tensor '{}' {} is missing, the scales of an F8_E4M3 weight", where_,
                                               name, text(shape)));
    check_shape(*it->second, shape);
    check_dtype(*it->second, {"F32", "F8_E8M0"});
  }

  std::string hint_for_unexpected(const std::string& name) const {
    if (name.starts_with(
            fmt::format("model.layers.{}.", config_.n_layers() + static_cast<int64_t>(config_.mtp_layers.size()))))
      return "config.json says fewer layers; for MTP layers set num_nextn_predict_layers";
    std::string near = nearest_name(name, {expected_.begin(), expected_.end()});
    return near.empty() || found_.contains(near) ? "" : fmt::format("did you mean '{}'?", near);
  }
};

}  // namespace

void check_tensors(const Config& config, const std::vector<FoundTensor>& found, const std::string& where) {
  Check check(config, found, where);
  for (const auto& spec : tensors(config)) check.expect(spec);
  check.refuse_others(found);
}

}  // namespace octet::arch
