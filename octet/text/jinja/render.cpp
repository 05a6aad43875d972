#include "octet/text/jinja/parser.h"
#include "octet/text/jinja/renderer.h"

namespace octet::text::jinja {

Template::Template(std::string_view source, std::string name) {
  Block body = Parser(source, name).program();
  program_ = std::make_shared<const Program>(Program{std::move(name), std::move(body)});
}

std::string Template::render(const Json& context, const Settings& settings) const {
  return Renderer(*program_, settings).run(context);
}

const std::string& Template::name() const { return program_->name; }

class Renderer::InScope {
 public:
  InScope(Renderer& renderer, ScopePtr outer)
      : renderer_(renderer), before_(std::exchange(renderer.scope_, std::make_shared<Scope>(std::move(outer)))) {}
  explicit InScope(Renderer& renderer) : InScope(renderer, renderer.scope_) {}
  ~InScope() { renderer_.scope_ = std::move(before_); }
  InScope(const InScope&) = delete;
  InScope& operator=(const InScope&) = delete;

 private:
  Renderer& renderer_;
  ScopePtr before_;
};

class Renderer::InText {
 public:
  explicit InText(Renderer& renderer) : renderer_(renderer), before_(std::exchange(renderer.out_, &text)) {}
  ~InText() { renderer_.out_ = before_; }
  InText(const InText&) = delete;
  InText& operator=(const InText&) = delete;
  std::string text;

 private:
  Renderer& renderer_;
  std::string* before_;
};

std::string Renderer::run(const Json& context) {
  check(context.is_object(), "a template's context is an object");
  runtime_.line = 1;
  scope_ = std::make_shared<Scope>(nullptr);
  for (const auto& [name, value] : context.items()) scope_->set(name, runtime_.from_json(value));
  InText whole(*this);
  block(program_.body);
  return std::move(whole.text);
}

Renderer::Flow Renderer::block(const Block& block) {
  for (const Stmt& stmt : block)
    if (Flow flow = statement(stmt); flow != Flow::onward) return flow;
  return Flow::onward;
}

Renderer::Flow Renderer::statement(const Stmt& stmt) {
  Deeper deeper(runtime_, depth_);
  runtime_.line = stmt.line;
  runtime_.charge(1);
  return std::visit([this](const auto& s) { return render(s); }, stmt.data);
}

void Renderer::write(std::string_view text) {
  runtime_.charge(text.size() / 64);
  runtime_.bound(out_->size() + text.size());
  out_->append(text);
}

Renderer::Flow Renderer::render(const Data& data) {
  write(data.text);
  return Flow::onward;
}

Renderer::Flow Renderer::render(const Output& output) {
  Value value = evaluate(*output.value);
  if (const std::string* text = value.text())
    write(*text);
  else
    write(print(runtime_, value));
  return Flow::onward;
}

void Renderer::assign(const Target& target, Value value) {
  if (!target.several.empty()) {
    std::vector<Value> parts = items(runtime_, value);
    if (parts.size() != target.several.size())
      runtime_.fail(fmt::format("cannot unpack {} values into {}", parts.size(), target.several.size()));
    for (size_t i = 0; i < parts.size(); ++i) assign(target.several[i], std::move(parts[i]));
  } else if (target.attribute.empty()) {
    scope_->set(target.name, std::move(value));
  } else {
    const Value* object = scope_->find(target.name);
    Namespace* const* space = object ? object->get_if<Namespace*>() : nullptr;
    if (!space) runtime_.fail("cannot assign attribute on non-namespace object");
    runtime_.hold(sizeof(Value));
    (*space)->attributes.set(runtime_.text(target.attribute), std::move(value));
  }
}

Renderer::Flow Renderer::render(const Set& set) {
  Value value = evaluate(*set.value);
  assign(set.target, std::move(value));
  return Flow::onward;
}

Renderer::Flow Renderer::render(const SetBlock& set) {
  std::string made;
  {
    InScope inner(*this);
    InText text(*this);
    if (Flow flow = block(set.body); flow != Flow::onward) return flow;
    made = std::move(text.text);
  }
  assign(set.target, apply_filters(set.filters, runtime_.text(std::move(made))));
  return Flow::onward;
}

Renderer::Flow Renderer::render(const If& branches) {
  for (const auto& [condition, body] : branches.branches)
    if (truth(evaluate(*condition))) return block(body);
  return block(branches.otherwise);
}

// What the loop runs over, after its condition.
std::vector<Value> Renderer::loop_items(const For& loop) {
  std::vector<Value> all = items(runtime_, evaluate(*loop.sequence));
  if (!loop.condition) return all;
  std::vector<Value> kept;
  for (Value& item : all) {
    InScope inner(*this);
    assign(loop.target, item);
    if (truth(evaluate(*loop.condition))) kept.push_back(std::move(item));
  }
  return kept;
}

Renderer::Flow Renderer::render(const For& loop) {
  std::vector<Value> all = loop_items(loop);
  bool completed = false;  // a turn came to its end: jinja2 asks that before the else, where break may lead, too
  if (!all.empty()) {
    Loop* state = runtime_.make<Loop>();
    runtime_.bound_items(all.size());
    state->items = std::move(all);
    for (state->index = 0; state->index < state->items.size(); ++state->index) {
      runtime_.charge(1);
      InScope inner(*this);
      scope_->set("loop", state);
      assign(loop.target, state->items[state->index]);
      Flow flow = block(loop.body);
      if (flow == Flow::leave) break;
      completed |= flow == Flow::onward;
    }
  }
  if (completed) return Flow::onward;
  InScope inner(*this);
  return block(loop.otherwise);
}

Renderer::Flow Renderer::render(const Macro& macro) {
  Callable* made = runtime_.make<Callable>();
  made->shown = fmt::format("<Macro {}>", repr_text(macro.name));
  runtime_.hold(sizeof(Scope) + 4 * sizeof(Value));  // the scope lives on with the macro
  made->body = [this, &macro, home = scope_](Runtime&, const Args& args) { return call_macro(macro, home, args); };
  scope_->set(macro.name, made);
  return Flow::onward;
}

Renderer::Flow Renderer::render(const With& with) {
  std::vector<Value> values;  // all of them before any name is bound
  for (const auto& [target, expr] : with.values) values.push_back(evaluate(*expr));
  InScope inner(*this);
  for (size_t i = 0; i < values.size(); ++i) assign(with.values[i].first, std::move(values[i]));
  return block(with.body);
}

Renderer::Flow Renderer::render(const FilterBlock& filter) {
  std::string made;
  {
    InScope inner(*this);
    InText text(*this);
    if (Flow flow = block(filter.body); flow != Flow::onward) return flow;
    made = std::move(text.text);
  }
  write(print(runtime_, apply_filters(filter.filters, runtime_.text(std::move(made)))));
  return Flow::onward;
}

Renderer::Flow Renderer::render(const Jump& jump) { return jump == Jump::leave ? Flow::leave : Flow::next; }

void Renderer::bind_parameters(const Macro& macro, const Args& args) {
  size_t positional = std::min(args.positional.size(), macro.parameters.size());
  std::vector<std::pair<std::string, Value>> keywords = args.keywords;
  for (size_t i = 0; i < macro.parameters.size(); ++i) {
    const auto& [name, fallback] = macro.parameters[i];
    auto named = std::find_if(keywords.begin(), keywords.end(), [&](const auto& k) { return k.first == name; });
    if (i < positional) {
      scope_->set(name, args.positional[i]);
    } else if (named != keywords.end()) {
      scope_->set(name, std::move(named->second));
      keywords.erase(named);
    } else if (fallback) {
      scope_->set(name, evaluate(*fallback));
    } else {
      scope_->set(name, runtime_.undefined(fmt::format("parameter {} was not provided", repr_text(name))));
    }
  }
  if (macro.takes_more_keywords) {
    Dict* rest = runtime_.dict();
    for (auto& [name, value] : keywords) rest->set(runtime_.text(name), std::move(value));
    scope_->set("kwargs", rest);
  } else if (!keywords.empty()) {
    runtime_.fail(fmt::format("macro '{}' takes no keyword argument '{}'", macro.name, printable(keywords[0].first)));
  }
  if (macro.takes_more_positional) {
    auto rest = args.positional.begin() + static_cast<std::ptrdiff_t>(positional);
    scope_->set("varargs", runtime_.sequence(Form::tuple, {rest, args.positional.end()}));
  } else if (args.positional.size() > macro.parameters.size()) {
    runtime_.fail(fmt::format("macro '{}' takes not more than {} argument(s)", macro.name, macro.parameters.size()));
  }
}

Value Renderer::call_macro(const Macro& macro, const ScopePtr& home, const Args& args) {
  Deeper deeper(runtime_, depth_);
  InScope inner(*this, home);
  bind_parameters(macro, args);
  InText text(*this);
  block(macro.body);
  return runtime_.text(std::move(text.text));
}

}  // namespace octet::text::jinja
