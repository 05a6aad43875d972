// octet inspect: what a model is and costs, from its configuration; whether a folder's files are what it asks for; and,
// without a model, what the machine has.
#include "app/command.h"
#include "app/inspect_machine.h"
#include "octet/arch/check.h"
#include "octet/arch/inventory.h"
#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/base/units.h"
#include "octet/io/safetensors.h"

namespace octet::app {

namespace inspect_command {

struct InspectFlags {
  std::string model;
  int64_t seq = 4096;
  bool json = false;
};

struct Stored {
  int64_t tensors = 0, bytes = 0;
};
using ByDtype = std::map<std::string, Stored>;

const char* stored_name(arch::Dtype dtype) {
  switch (dtype) {
    case arch::Dtype::f32:
      return "F32";
    case arch::Dtype::f16:
      return "F16";
    case arch::Dtype::bf16:
      return "BF16";
  }
  throw Bug("a dtype without a name", std::source_location::current());
}

// As octet and the releases would write the model.
ByDtype expected_tensors(const arch::Config& config) {
  ByDtype out;
  auto add = [&](const char* dtype, int64_t elements, int64_t bytes) {
    ++out[dtype].tensors;
    out[dtype].bytes += elements * bytes;
  };
  for (const auto& t : arch::tensors(config)) {
    if (t.fp8) {
      auto blocks = [](int64_t n, int64_t block) { return (n + block - 1) / block; };
      add("F8_E4M3", t.elements(), 1);
      add("F32", blocks(t.shape[0], config.fp8->block_rows) * blocks(t.shape[1], config.fp8->block_cols), 4);
    } else {
      bool wide = t.float32 || config.dtype == arch::Dtype::f32;
      add(t.float32 ? "F32" : stored_name(config.dtype), t.elements(), wide ? 4 : 2);
    }
  }
  return out;
}

// The folder's own tensors, after a check against the configuration: Error{file} if they do not belong together.
ByDtype checked_tensors(const arch::Config& config, const fs::path& folder) {
  io::Checkpoint checkpoint(folder);
  std::vector<arch::FoundTensor> found;
  ByDtype out;
  for (const auto& name : checkpoint.names()) {
    const io::TensorView& view = checkpoint.at(name);
    found.push_back({name, view.shape, io::name(view.dtype), checkpoint.file_of(name)});
    Stored& stored = out[io::name(view.dtype)];
    ++stored.tensors;
    stored.bytes += static_cast<int64_t>(view.bytes.size());
  }
  arch::check_tensors(config, found, folder.string());
  return out;
}

// The folder that MODEL means, if it is one and holds weights.
std::optional<fs::path> weights_of(const std::string& model) {
  fs::path folder = model == "mini" ? fs::path(home()) / "models" / "octet-mini" : fs::path(model);
  for (const char* file : {"model.safetensors", "model.safetensors.index.json"})
    if (fs::exists(folder / file)) return folder;
  return std::nullopt;
}

std::string layers_text(const arch::Config& c) {
  int64_t dense = 0;
  const arch::Experts* experts = nullptr;
  for (const auto& layer : c.layers) {
    if (const auto* e = std::get_if<arch::Experts>(&layer.ffn)) experts = e;
    dense += std::holds_alternative<arch::DenseFfn>(layer.ffn);
  }
  std::string text = fmt::format("{} of width {}", c.n_layers(), format_thousands(c.hidden));
  if (experts)
    text += fmt::format(": {} dense, {} with {} experts ({} a token, {} shared)", dense, c.n_layers() - dense,
                        experts->n_routed, experts->top_k, experts->n_shared);
  if (!c.mtp_layers.empty()) text += fmt::format(", {} MTP", c.mtp_layers.size());
  return text;
}

std::string attention_text(const arch::Config& c) {
  if (const auto* a = std::get_if<arch::Mla>(&c.layers.front().attention))
    return fmt::format("latent (MLA), {} heads, cache {} + {} numbers, queries {}", a->heads, a->kv_lora_rank,
                       a->qk_rope_head_dim,
                       a->q_lora_rank > 0 ? fmt::format("through {}", a->q_lora_rank) : std::string("not compressed"));
  const auto& a = std::get<arch::Gqa>(c.layers.front().attention);
  return fmt::format("grouped (GQA), {} heads of {}, {} for keys and values", a.heads, a.head_dim, a.kv_heads);
}

void print_model(const arch::Config& c, const arch::Summary& s, const ByDtype& tensors, const InspectFlags& flags,
                 const std::optional<fs::path>& weights) {
  auto count = [](int64_t n) { return format_count(static_cast<double>(n)); };
  fmt::print("family      {}, {}{}\n", c.family, arch::name(c.dtype), c.fp8 ? " with FP8 matrices" : "");
  fmt::print("layers      {}\n", layers_text(c));
  fmt::print("attention   {}\n", attention_text(c));
  fmt::print("context     {} tokens, vocabulary {}\n", format_thousands(c.max_position_embeddings),
             format_thousands(c.vocab));
  fmt::print("parameters  {} ({}){}\n", count(s.parameters), format_thousands(s.parameters),
             s.mtp_parameters > 0 ? fmt::format(", and {} for MTP", count(s.mtp_parameters)) : "");
  fmt::print("active      {} a token\n", count(s.active_parameters));
  fmt::print("cache       {} bytes a token (bf16)\n", format_thousands(s.cache_bytes_per_token));
  fmt::print("training    {} a token, causal, sequences of {}{}\n", format_flops(s.training_flops_per_token),
             format_thousands(flags.seq),
             c.mtp_layers.empty() ? "" : fmt::format("; with MTP {}", format_flops(s.training_flops_per_token_mtp)));
  fmt::print("tensors     {}\n", weights ? fmt::format("found in {}, all as expected", weights->string())
                                         : std::string("as the configuration asks for; no weights were looked at"));
  for (const auto& [dtype, stored] : tensors)
    fmt::print("  {:<8} {:>8} tensors, {}\n", dtype, format_thousands(stored.tensors),
               format_bytes(static_cast<double>(stored.bytes)));
}

Json model_json(const arch::Config& c, const arch::Summary& s, const ByDtype& tensors, bool checked) {
  Json counts = Json::object(), bytes = Json::object();
  for (const auto& [dtype, stored] : tensors) {
    counts[dtype] = stored.tensors;
    bytes[dtype] = stored.bytes;
  }
  Json json = {{"family", c.family},
               {"parameters", s.parameters},
               {"mtp_parameters", s.mtp_parameters},
               {"active_parameters", s.active_parameters},
               {"cache_bytes_per_token", s.cache_bytes_per_token},
               {"training_flops_per_token", s.training_flops_per_token},
               {"training_flops_per_token_mtp", s.training_flops_per_token_mtp}};
  json["tensors"] = counts;
  json["tensor_bytes"] = bytes;
  json["weights_checked"] = checked;
  return json;
}

int inspect_model(const InspectFlags& flags) {
  arch::Config config = arch::config_of(flags.model, home());
  arch::Summary summary = arch::summarise(config, flags.seq);
  auto weights = weights_of(flags.model);
  ByDtype tensors = weights ? checked_tensors(config, *weights) : expected_tensors(config);
  if (flags.json)
    fmt::print("{}\n", dump(model_json(config, summary, tensors, weights.has_value()), 2));
  else
    print_model(config, summary, tensors, flags, weights);
  return 0;
}

int inspect_machine(const InspectFlags& flags) {
  Json found = machine();
  if (flags.json)
    fmt::print("{}\n", dump(found, 2));
  else
    print_machine(found);
  return 0;
}

static Registration inspect(tools, "inspect", "What a model is and costs; without one, what the machine has",
                            [](CLI::App& command) {
                              auto flags = std::make_shared<InspectFlags>();
                              command.add_option("MODEL", flags->model,
                                                 "folder in Hugging Face layout, config.json, preset or 'mini'");
                              command.add_option("--seq", flags->seq, "tokens in a training sequence, for the FLOPs")
                                  ->check(CLI::Range(int64_t{1}, int64_t{1} << 32))
                                  ->capture_default_str();
                              command.add_flag("--json", flags->json, "one JSON object");
                              command.footer(
                                  "Example:\n  octet inspect deepseek-v3 --seq 4096\n  octet inspect models/octet-mini "
                                  "--json\n  octet inspect");
                              return [flags, &command] {
                                bool given = command.get_option("MODEL")->count() > 0;
                                return given ? inspect_model(*flags) : inspect_machine(*flags);
                              };
                            });

}  // namespace inspect_command
}  // namespace octet::app
