#include "octet/text/chat_template.h"

#include "octet/base/file.h"

namespace octet::text {

namespace {

constexpr size_t longest_template = size_t{4} << 20;

// A token's text: a string, or an object that describes the token. Nothing for null and what is neither.
std::optional<std::string> token_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object())
    if (auto content = value.find("content"); content != value.end() && content->is_string())
      return content->get<std::string>();
  return std::nullopt;
}

Json special_tokens(const Json& config) {
  Json tokens = Json::object();
  for (const char* name : {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"})
    if (auto found = config.find(name); found != config.end())
      if (auto text = token_text(*found)) tokens[name] = *text;
  return tokens;
}

// The template called `name` in tokenizer_config.json's "chat_template".
const std::string* named_template(const Json& list, std::string_view name, const std::string& where) {
  const std::string* found = nullptr;
  for (const Json& entry : list) {
    Fields fields(entry, where + ": chat_template");
    if (fields.string("name") != name) continue;
    fields.string("template");  // says so if it is no string
    found = &entry.at("template").get_ref<const std::string&>();
  }
  return found;
}

}  // namespace

ChatTemplate::ChatTemplate(std::string_view source, std::string name, Json tokens)
    : source_(source), template_(source, std::move(name)), tokens_(std::move(tokens)) {
  check(tokens_.is_object(), "special tokens are an object");
}

std::optional<ChatTemplate> ChatTemplate::load(const fs::path& folder) {
  fs::path config_path = folder / "tokenizer_config.json", file = folder / "chat_template.jinja";
  Json config = fs::exists(config_path) ? read_json(config_path) : Json::object();
  if (!config.is_object()) throw Error(ErrorKind::config, fmt::format("{}: expected an object", config_path.string()));
  Json tokens = special_tokens(config);
  if (fs::exists(file)) return ChatTemplate(read_file(file, longest_template), file.string(), std::move(tokens));
  auto found = config.find("chat_template");
  if (found == config.end() || found->is_null()) return std::nullopt;
  std::string where = config_path.string();
  if (found->is_string()) return ChatTemplate(found->get_ref<const std::string&>(), where, std::move(tokens));
  if (!found->is_array())
    throw Error(ErrorKind::config, where + ": chat_template: expected a string or a list of named templates");
  const std::string* usual = named_template(*found, "default", where);
  if (!usual) throw Error(ErrorKind::config, where + ": chat_template: none of the templates is named 'default'");
  ChatTemplate out(*usual, where, std::move(tokens));
  if (const std::string* tools = named_template(*found, "tool_use", where)) out.with_tools_.emplace(*tools, where);
  return out;
}

std::string ChatTemplate::render(const Json& messages, const Json& tools, const ChatOptions& options) const {
  if (!messages.is_array()) throw Error(ErrorKind::request, "messages: expected a list");
  for (size_t i = 0; i < messages.size(); ++i)
    if (!messages[i].is_object()) throw Error(ErrorKind::request, fmt::format("messages[{}]: expected an object", i));
  if (!tools.is_null() && !tools.is_array()) throw Error(ErrorKind::request, "tools: expected a list");
  if (!options.variables.is_object()) throw Error(ErrorKind::request, "chat_template_kwargs: expected an object");
  Json context = tokens_;
  for (const auto& [name, value] : options.variables.items()) context[name] = value;
  for (const char* name : {"messages", "tools", "documents", "add_generation_prompt"})
    if (options.variables.contains(name) && std::string_view(name) != "documents")
      throw Error(ErrorKind::request, fmt::format("chat_template_kwargs: '{}' has a place of its own", name));
  context["messages"] = messages;
  context["tools"] = tools;
  if (!context.contains("documents")) context["documents"] = nullptr;
  context["add_generation_prompt"] = options.generation_prompt == GenerationPrompt::add;
  bool has_tools = tools.is_array() && with_tools_;
  return (has_tools ? *with_tools_ : template_).render(context, options.settings);
}

}  // namespace octet::text
