#include "octet/arch/config/keys.h"

namespace octet::arch {

void Keys::only_in(const Fields& fields, std::string_view key, const Json& value) {
  const Json* found = fields.find(key);
  if (!found || *found == value) return;
  throw Error(ErrorKind::unsupported, fmt::format("{}: {}: octet implements only {}, found {}", fields.where(), key,
                                                  dump(value), printable(dump(*found))));
}

std::optional<int64_t> Keys::integer_in(const Json& value, int64_t low, int64_t high) {
  bool fits = value.is_number_unsigned() ? value.get<uint64_t>() <= uint64_t{INT64_MAX} : value.is_number_integer();
  if (!fits || value.get<int64_t>() < low || value.get<int64_t>() > high) return std::nullopt;
  return value.get<int64_t>();
}

void Keys::accept_bookkeeping() const {
  known({"architectures",
         "auto_map",
         "model_type",
         "transformers_version",
         "name_or_path",
         "tokenizer_class",
         "use_cache",
         "use_bfloat16",
         "torchscript",
         "return_dict",
         "return_dict_in_generate",
         "output_attentions",
         "output_hidden_states",
         "output_router_logits",
         "output_scores",
         "pad_token_id",
         "sep_token_id",
         "decoder_start_token_id",
         "id2label",
         "label2id",
         "problem_type",
         "finetuning_task",
         "task_specific_params",
         "is_decoder",
         "is_encoder_decoder",
         "chunk_size_feed_forward",
         "pruned_heads",
         "prefix",
         "tie_encoder_decoder",
         "cross_attention_hidden_size",
         "add_cross_attention",
         "tf_legacy_loss"});
  // Sampling defaults of old: generation_config.json is where octet reads them.
  known({"do_sample",
         "temperature",
         "top_k",
         "top_p",
         "typical_p",
         "repetition_penalty",
         "length_penalty",
         "no_repeat_ngram_size",
         "encoder_no_repeat_ngram_size",
         "num_beams",
         "num_beam_groups",
         "diversity_penalty",
         "num_return_sequences",
         "early_stopping",
         "max_length",
         "min_length",
         "bad_words_ids",
         "begin_suppress_tokens",
         "suppress_tokens",
         "exponential_decay_length_penalty",
         "forced_bos_token_id",
         "forced_eos_token_id",
         "remove_invalid_values"});
  // Losses and layouts of the training that made the weights.
  known({"aux_loss_alpha", "seq_aux", "router_aux_loss_coef", "ep_size", "pretraining_tp"});
}

void Keys::finish() const {
  for (const auto& key : unread())
    if (key.starts_with("_")) known({key});
  try {
    Fields::finish();
  } catch (const Error& e) {
    if (e.hint().starts_with("did you mean")) throw;
    // The list of all that is known would be a page.
    throw Error(e.kind(), e.sentence(),
                "octet does not ignore what may change the computation; delete the key, or begin its name with '_'");
  }
}

}  // namespace octet::arch
