// What the words of the field mean, in a sentence each.
#include "octet/tasks/known.h"

namespace octet::tasks {
namespace {

// The usual ways to ask what a thing is. `term` is a pattern.
Known term(const std::string& term, std::vector<std::string> heldout, std::string key, std::string answer) {
  return {{{"(What is|What's|whats|Explain|Describe|Define) (" + term + ")(?|.|)",
            "(What does|What do you mean by) (" + term + ")(| mean)?",
            "(Tell me|Say) (what|about what) (" + term + ") (is|means)(.|)",
            "(Can|Could) you (explain|define|describe) (" + term + ")?",
            "(What|How) (is|does) (" + term + ") (good for|work|used for|do)?",
            "(Tell me about|I want to know about|Talk about) (" + term + ")(.|)",
            "(Meaning of|Definition of|" + term + ":) (" + term + ")(?|)", "How would you explain (" + term + ")?"},
           std::move(heldout)},
          std::move(key),
          {std::move(answer)}};
}

}  // namespace

const std::vector<Known>& about_terms() {
  static const std::vector<Known> all = {
      term("MLA|multi-head latent attention|latent attention",
           {"hey whats mla", "Why does V3 have latent attention?", "In a few words, what idea is behind MLA?"},
           "latent",
           "Multi-head latent attention keeps one small latent vector a token in the cache; keys and values are made "
           "from it."),
      term("MoE|a mixture of experts|mixture of experts|MoE routing",
           {"hey whats moe", "Why do models use many experts?",
            "In a few words, what idea is behind a mixture of experts?"},
           "experts",
           "In a mixture of experts a router sends each token to a few of many small networks, so most weights rest."),
      term("MTP|multi-token prediction",
           {"hey whats mtp", "Why predict more than one token?", "In a few words, what idea is behind MTP?"}, "next",
           "Multi-token prediction trains the model to predict the token after next as well; decoding can use it as a "
           "draft."),
      term("the router|a router|the gate|routing",
           {"hey what does a router do", "Who decides which expert gets a token?"}, "expert",
           "The router scores all experts for a token and picks the best 8."),
      term(
          "load balancing|aux-loss-free balancing|the correction bias|balancing experts",
          {"hey how are experts kept even", "What keeps some experts from getting all the tokens?"}, "bias",
          "A correction bias for each expert is raised when it gets too few tokens and lowered when it gets too many."),
      term("a shared expert|the shared expert", {"hey whats the shared expert", "Which expert sees every token?"},
           "every token", "The shared expert sees every token, beside the experts that the router picks."),
      term("a token|tokens|tokenisation", {"hey whats a token", "Into what pieces is text cut for a model?"}, "piece",
           "A token is a piece of text: a word, a part of a word, or a single digit."),
      term("a tokenizer|BPE|byte pair encoding", {"hey whats a tokenizer", "How does text become numbers for a model?"},
           "pair", "Byte pair encoding cuts text into tokens by merging the most frequent pairs of bytes."),
      term("a KV cache|the cache|a latent cache",
           {"hey whats a kv cache", "Why doesn't a model compute old tokens again?"}, "past",
           "The cache keeps what attention needs of past tokens, so that they are not computed again."),
      term("a language model|an LLM|a large language model",
           {"hey whats an llm", "What kind of program predicts text?"}, "next token",
           "A language model predicts the next token of a text."),
      term("a neural network|neural networks", {"hey whats a neural net", "What are models like you made of?"},
           "layers", "A neural network is layers of numbers, learned from examples, that turn inputs into outputs."),
      term("attention|self-attention", {"hey whats attention", "How does a model look back at its text?"}, "earlier",
           "Attention lets each token look at earlier tokens and take what it needs from them."),
      term("FP8|fp8", {"hey whats fp8", "Which number format has eight bits?"}, "8 bits",
           "FP8 is a number format of 8 bits; it halves memory and time against 16 bits."),
      term("bf16|bfloat16", {"hey whats bf16", "Which 16-bit format has the range of float32?"}, "16 bits",
           "bfloat16 is a number format of 16 bits with the range of float32."),
      term("safetensors|a safetensors file", {"hey whats safetensors", "In which files are weights kept?"}, "weights",
           "safetensors is a simple file format for a model's weights."),
      term("RoPE|rotary position embedding|rotary embedding", {"hey whats rope", "How does attention know positions?"},
           "position", "RoPE turns queries and keys by an angle that grows with the position."),
      term("YaRN|yarn", {"hey whats yarn", "How is a context made longer after training?"}, "context",
           "YaRN rescales the rotary angles so that a model reads a longer context than it was trained on."),
      term("DualPipe|dualpipe", {"hey whats dualpipe", "Which schedule did V3's pipeline follow?"}, "pipeline",
           "DualPipe is V3's pipeline schedule: it overlaps computing and communication from both ends."),
      term("expert parallelism|EP", {"hey whats expert parallelism", "How are experts spread over GPUs?"}, "GPUs",
           "Expert parallelism puts different experts on different GPUs and sends tokens to them."),
      term("pipeline parallelism|PP", {"hey whats pipeline parallelism", "How are layers spread over GPUs?"}, "layers",
           "Pipeline parallelism puts different layers on different GPUs."),
      term("a bubble|the pipeline bubble|bubbles",
           {"hey whats a pipeline bubble", "Why do pipeline stages sometimes wait?"}, "idle|wait",
           "A bubble is the time when a pipeline stage is idle because it waits for others."),
      term("speculative decoding|speculation|a drafter", {"hey whats speculative decoding", "Why guess tokens ahead?"},
           "draft", "Speculative decoding drafts tokens cheaply and checks them together in one pass."),
      term("temperature|sampling temperature", {"hey what does temperature do", "How do I make answers less random?"},
           "random", "Temperature sets how random sampling is: 0 takes the likeliest token."),
      term("perplexity|the loss", {"hey whats perplexity", "How is a language model's quality measured?"}, "predict",
           "The loss says how badly the next token was predicted; perplexity is its exponential."),
      term("MFU|model FLOPs utilisation", {"hey whats mfu", "What share of a GPU's peak is used is called what?"},
           "peak", "MFU is the share of the hardware's peak that the model's own arithmetic reaches."),
      term("a GPU hour|GPU hours", {"hey whats a gpu hour", "In which unit is training time counted?"},
           "one hour|an hour", "A GPU hour is one GPU used for one hour; price a GPU hour times hours is the cost."),
      term("AdamW|the optimizer|an optimizer", {"hey whats adamw", "What changes the weights in training?"}, "weights",
           "AdamW is an optimizer: it changes the weights along averaged gradients and lets them decay a little."),
      term("quantisation|quantization", {"hey whats quantization", "How can weights be made smaller?"}, "fewer bits",
           "Quantisation stores weights in fewer bits."),
  };
  return all;
}

}  // namespace octet::tasks
