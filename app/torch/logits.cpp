#include <ATen/core/grad_mode.h>

#include "app/torch/model_flags.h"
#include "octet/base/file.h"
#include "octet/io/safetensors.h"

namespace octet::app {
namespace logits_command {

struct Flags {
  ModelFlags model;
  std::string tokens, tokens_file, out;
  bool mtp = false;
};

std::vector<int64_t> tokens_from_file(const std::string& path) {
  Json json = read_json(path);
  const Json* list = json.is_object() && json.contains("tokens") ? &json["tokens"] : &json;
  if (!list->is_array()) throw Error(ErrorKind::file, path + ": expected a JSON list of token ids");
  std::vector<int64_t> ids;
  for (const Json& item : *list) {
    if (!item.is_number_integer())
      throw Error(ErrorKind::file, fmt::format("{}: expected a token id, found {}", path, printable(dump(item))));
    ids.push_back(item.get<int64_t>());
  }
  return ids;
}

void check_ids(const std::vector<int64_t>& ids, const arch::Config& config) {
  if (ids.empty()) throw Error(ErrorKind::usage, "--tokens: expected at least one token id");
  for (int64_t id : ids)
    if (id < 0 || id >= config.vocab)
      throw Error(ErrorKind::usage,
                  fmt::format("--tokens: token {} is outside the vocabulary: expected 0 to {}", id, config.vocab - 1));
  if (static_cast<int64_t>(ids.size()) > config.max_position_embeddings)
    throw Error(ErrorKind::usage, fmt::format("--tokens: {} tokens, and the context holds {}", ids.size(),
                                              config.max_position_embeddings));
}

// Logits a few rows at a time: with a vocabulary of 129,280 a long prompt's would not fit next to the model.
at::Tensor all_logits(const model::Transformer& model, const at::Tensor& hidden_TD) {
  at::Tensor out = at::empty({hidden_TD.size(0), model.config.vocab}, at::kFloat);
  for (int64_t t = 0; t < hidden_TD.size(0); t += 256) {
    int64_t n = std::min<int64_t>(256, hidden_TD.size(0) - t);
    out.narrow(0, t, n).copy_(model.logits(hidden_TD.narrow(0, t, n)));
  }
  return out;
}

int run(const Flags& flags) {
  at::NoGradGuard no_grad;
  if (flags.tokens.empty() == flags.tokens_file.empty())
    throw Error(ErrorKind::usage, "logits: expected either --tokens or --tokens-file");
  auto ids = flags.tokens_file.empty() ? parse_tokens(flags.tokens, "--tokens") : tokens_from_file(flags.tokens_file);
  check_ids(ids, arch::read_config(flags.model.folder()));
  auto loaded = flags.model.load();
  const auto& model = *loaded.model;
  if (flags.mtp && model.mtp.empty())
    throw Error(ErrorKind::usage, fmt::format("--mtp: {} has no multi-token-prediction module", flags.model.model));

  auto batch = model::make_batch({ids}, model.device());
  auto hidden = model.forward(batch).hidden_TD;
  std::vector<std::pair<std::string, at::Tensor>> results{{"logits", all_logits(model, hidden)}};
  if (flags.mtp) {
    int64_t n = static_cast<int64_t>(ids.size()) - 1;
    at::Tensor logits = at::empty({0, model.config.vocab}, at::kFloat);
    if (n > 0) {
      ids.pop_back();
      auto shorter = model::make_batch({ids}, model.device());
      auto mtp = model.forward_mtp(0, hidden.narrow(0, 0, n), batch.tokens_T.narrow(0, 1, n), shorter);
      logits = all_logits(model, mtp.hidden_TD);
    }
    results.emplace_back("mtp_logits", logits);
  }
  std::vector<io::TensorToWrite> list;
  for (const auto& [name, t] : results)
    list.push_back(
        {name, io::Dtype::F32, t.sizes().vec(), {static_cast<const std::byte*>(t.const_data_ptr()), t.nbytes()}});
  io::write_safetensors(flags.out, list);
  return 0;
}

const Registration logits(models, "logits", "Write the logits of given tokens to a file", [](CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  flags->model.add_to(command);
  command.get_option("MODEL")->required();
  command.add_option("--tokens", flags->tokens, "Token ids: 1,2,3");
  command.add_option("--tokens-file", flags->tokens_file, "A JSON list of token ids");
  command.add_option("--out", flags->out, "The safetensors file to write: logits [n, vocab] F32")->required();
  command.add_flag("--mtp", flags->mtp, "Also mtp_logits [n-1, vocab]: row i predicts token i+2");
  command.footer("Example:\n  octet logits mini --tokens 0,17,42 --out logits.safetensors");
  return [flags] { return run(*flags); };
});

}  // namespace logits_command
}  // namespace octet::app
