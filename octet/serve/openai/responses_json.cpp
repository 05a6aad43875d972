#include "octet/serve/openai/responses_json.h"

namespace octet::serve {

namespace {

using Kind = text::ReplyEvent::Kind;

Json text_part(const std::string& text) {
  return {{"type", "output_text"}, {"text", text}, {"annotations", Json::array()}, {"logprobs", Json::array()}};
}
Json reasoning_part(const std::string& text) { return {{"type", "reasoning_text"}, {"text", text}}; }

Json with(Json base, const Json& more) {
  base.update(more);
  return base;
}

}  // namespace

Json ResponseOutput::place() const { return {{"item_id", items_.back()["id"]}, {"output_index", items_.size() - 1}}; }

void ResponseOutput::open(Open kind, const std::string& name, const Tell& tell) {
  std::string id = fmt::format("{}_{}", suffix_, items_.size());
  Json item;
  if (kind == Open::reasoning)
    item = {{"id", "rs_" + id},
            {"type", "reasoning"},
            {"summary", Json::array()},
            {"content", Json::array()},
            {"status", "in_progress"}};
  if (kind == Open::message)
    item = {{"id", "msg_" + id},
            {"type", "message"},
            {"status", "in_progress"},
            {"role", "assistant"},
            {"content", Json::array()}};
  if (kind == Open::call)
    item = {{"id", "fc_" + id}, {"type", "function_call"}, {"status", "in_progress"}, {"call_id", "call_" + id},
            {"name", name},     {"arguments", ""}};
  items_.push_back(item);
  open_ = kind;
  tell("response.output_item.added", {{"output_index", items_.size() - 1}, {"item", item}});
  if (kind == Open::call) return;
  Json part = kind == Open::message ? text_part("") : reasoning_part("");
  items_.back()["content"].push_back(part);
  tell("response.content_part.added", with(place(), {{"content_index", 0}, {"part", part}}));
}

void ResponseOutput::text(std::string_view piece, const Tell& tell) {
  Json& item = items_.back();
  Json& text = open_ == Open::call ? item["arguments"] : item["content"][0]["text"];
  text.get_ref<std::string&>() += piece;
  Json fields = place();
  if (open_ != Open::call) fields["content_index"] = 0;
  fields["delta"] = piece;
  if (open_ == Open::message) fields["logprobs"] = Json::array();
  tell(open_ == Open::call      ? "response.function_call_arguments.delta"
       : open_ == Open::message ? "response.output_text.delta"
                                : "response.reasoning_text.delta",
       std::move(fields));
}

void ResponseOutput::close(const char* status, const Tell& tell) {
  if (open_ == Open::none) return;
  Json& item = items_.back();
  item["status"] = status;
  if (open_ == Open::call) {
    tell("response.function_call_arguments.done",
         with(place(), {{"name", item["name"]}, {"arguments", item["arguments"]}}));
  } else {
    const Json& part = item["content"][0];
    Json fields = with(place(), {{"content_index", 0}, {"text", part["text"]}});
    if (open_ == Open::message) fields["logprobs"] = Json::array();
    tell(open_ == Open::message ? "response.output_text.done" : "response.reasoning_text.done", std::move(fields));
    tell("response.content_part.done", with(place(), {{"content_index", 0}, {"part", part}}));
  }
  tell("response.output_item.done", {{"output_index", items_.size() - 1}, {"item", item}});
  open_ = Open::none;
}

void ResponseOutput::add(const std::vector<text::ReplyEvent>& events, const Tell& tell) {
  for (const auto& e : events) {
    Open wanted = e.kind == Kind::reasoning ? Open::reasoning : e.kind == Kind::content ? Open::message : Open::call;
    bool begins = e.kind == Kind::call_start || open_ != wanted;
    if (e.kind == Kind::call_end) {
      close("completed", tell);
      continue;
    }
    if (begins) {
      close("completed", tell);
      open(wanted, e.kind == Kind::call_start ? e.text : "", tell);
    }
    if (e.kind != Kind::call_start && !e.text.empty()) text(e.text, tell);
  }
}

void ResponseOutput::finish(const std::vector<text::ReplyEvent>& events, Ending ending, const Tell& tell) {
  // What ends a call in the last events of an answer that was cut is the cut, not the model.
  bool call_cut = ending == Ending::cut && !events.empty() && events.back().kind == Kind::call_end;
  add(call_cut ? std::vector(events.begin(), events.end() - 1) : events, tell);
  close(ending == Ending::cut ? "incomplete" : "completed", tell);
}

}  // namespace octet::serve
