#include <iostream>
#include <iterator>
#include <sstream>

#include "app/command.h"
#include "octet/base/file.h"
#include "octet/base/json.h"
#include "octet/text/chat_template.h"

namespace octet::app {
namespace render_command {

struct Flags {
  std::string model, source, context = "-", jsonl;
};

Json read_context(const std::string& path) {
  if (path != "-") return read_json(path);
  return parse_json(std::string(std::istreambuf_iterator<char>(std::cin), {}), "stdin");
}

// The model's own template: the context is a conversation, "messages" and perhaps "tools", and more variables.
std::string render_conversation(const std::string& model, Json context) {
  fs::path folder = model == "mini" ? fs::path(home()) / "models" / "octet-mini" : fs::path(model);
  if (!fs::is_directory(folder))
    throw Error(ErrorKind::file, fmt::format("{}: no such folder", folder.string()), "or name a file with --template");
  auto chat = text::ChatTemplate::load(folder);
  if (!chat) throw Error(ErrorKind::config, fmt::format("{}: the model has no chat template", folder.string()));
  text::ChatOptions options;
  Json messages = context.value("messages", Json()), tools = context.value("tools", Json());
  if (context.value("add_generation_prompt", Json(true)) == false)
    options.generation_prompt = text::GenerationPrompt::omit;
  for (const char* own : {"messages", "tools", "add_generation_prompt"}) context.erase(own);
  options.variables = std::move(context);
  return chat->render(messages, tools, options);
}

// One render a line: {"template": TEXT, "context": {...}}, or the context alone where a model is named.
std::string render_line(const Flags& flags, const std::string& line, const std::string& where) {
  Json given = parse_json(line, where);
  if (!flags.model.empty()) {
    if (!given.is_object()) throw Error(ErrorKind::file, where + ": expected an object");
    return render_conversation(flags.model, std::move(given));
  }
  Fields fields(given, where);
  std::string source = fields.string("template");
  const Json* context = fields.find("context");
  if (!context || !context->is_object()) throw Error(ErrorKind::file, where + ": context: expected an object");
  fields.finish();
  return text::jinja::Template(source, where).render(*context);
}

int render_lines(const Flags& flags) {
  std::istringstream lines(read_file(flags.jsonl, size_t{1} << 30));
  std::string line;
  for (int64_t number = 1; std::getline(lines, line); ++number) {
    Json out = Json::object();
    try {
      out["text"] = render_line(flags, line, fmt::format("{}:{}", flags.jsonl, number));
    } catch (const Error& error) {
      out["error"] = error.what();
    }
    fmt::print("{}\n", dump(out));
  }
  return 0;
}

int render(const Flags& flags) {
  if (!flags.jsonl.empty()) {
    if (!flags.source.empty())
      throw Error(ErrorKind::usage, "--template and --jsonl: expected one of the two", "a line holds its own template");
    return render_lines(flags);
  }
  if (flags.model.empty() == flags.source.empty())
    throw Error(ErrorKind::usage, "expected a model's folder or --template, one of the two", "see octet render --help");
  Json context = read_context(flags.context);
  if (!context.is_object()) throw Error(ErrorKind::file, fmt::format("{}: expected an object", flags.context));
  std::string out;
  if (flags.source.empty())
    out = render_conversation(flags.model, std::move(context));
  else
    out = text::jinja::Template(read_file(flags.source, size_t{4} << 20), flags.source).render(context);
  std::fwrite(out.data(), 1, out.size(), stdout);
  return 0;
}

Registration command(tools, "render", "What a chat template makes of a conversation", [](CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  app.add_option("MODEL", flags->model, "folder with a chat template, or 'mini'");
  app.add_option("--template", flags->source, "a Jinja file instead of the model's template")->type_name("FILE");
  app.add_option("--context", flags->context,
                 "JSON: messages, tools, add_generation_prompt and other variables; - (the default) reads stdin")
      ->type_name("FILE");
  app.add_option(
         "--jsonl", flags->jsonl,
         "many at once: a line is {\"template\", \"context\"} (with MODEL: a context), printed as {\"text\"} or "
         "{\"error\"}")
      ->type_name("FILE");
  app.footer(
      "The text is printed as it is, with no newline added.\nExample:\n"
      "  echo '{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}' | octet render mini");
  return [flags] { return render(*flags); };
});

}  // namespace render_command
}  // namespace octet::app
