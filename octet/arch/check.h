// Whether the tensors found in a model's files are those that its Config asks for.
#pragma once
#include <string>
#include <vector>

#include "octet/arch/config.h"

namespace octet::arch {

struct FoundTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::string dtype;  // as safetensors spells it: "BF16"
  std::string file;   // for messages
};

// Error{file} naming file, tensor, what was expected and what was found, for the first tensor (in the inventory's
// order) that is missing or has another shape or dtype, then for the first that is not expected. `where` names the
// checkpoint.
//
// - Weights may be F32, F16 or BF16 whatever the config's dtype says: they convert. The router's correction bias too.
// - Where the config says fp8, a matrix may be F8_E4M3; then NAME_scale_inv [ceil(out/rows), ceil(in/cols)], F32 or
//   F8_E8M0, must be there.
// - MTP's copies of embedding and head may be absent, and so may the head of tied embeddings be present.
// - Where the config has a tensor_prefix, tensors of other names belong to other parts (Kimi K2.5's eyes) and are
// passed over.
// - rotary_emb.inv_freq, which old files carry, is derived from the config and passed over.
void check_tensors(const Config& config, const std::vector<FoundTensor>& found, const std::string& where);

}  // namespace octet::arch
