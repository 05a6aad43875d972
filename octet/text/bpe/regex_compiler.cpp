// Patterns to steps, and sets to classes of characters.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "octet/base/error.h"
#include "octet/base/utf8.h"
#include "octet/text/bpe/regex.h"
#include "octet/text/bpe/regex_parser.h"

namespace octet::text {

namespace {

constexpr size_t max_sets = 1000, max_choices = 1000, max_branches = 64;

using regex::Node;

void collect_sets(const Node& node, std::vector<CodePointSet>& sets) {
  if (node.kind == Node::Kind::set && std::find(sets.begin(), sets.end(), node.set) == sets.end())
    sets.push_back(node.set);
  for (const Node& child : node.children) collect_sets(child, sets);
}

}  // namespace

Alphabet::Alphabet(const std::vector<CodePointSet>& sets, const std::string& where) {
  if (sets.size() > max_sets)
    throw Error(ErrorKind::unsupported, fmt::format("{}: the split patterns have more than {} sets", where, max_sets));
  // Where membership in any set changes.
  std::vector<char32_t> borders{0, 0x110000};
  for (const CodePointSet& set : sets)
    for (auto [first, last] : set.ranges()) borders.push_back(first), borders.push_back(last + 1);
  std::sort(borders.begin(), borders.end());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());

  std::map<std::vector<bool>, uint8_t> classes;  // which sets hold it → class
  std::vector<uint8_t> all(0x110000);
  members_.resize(sets.size());
  std::vector<bool> held(sets.size());
  for (size_t i = 0; i + 1 < borders.size(); ++i) {
    for (size_t s = 0; s < sets.size(); ++s) held[s] = sets[s].contains(borders[i]);
    auto [it, is_new] = classes.emplace(held, static_cast<uint8_t>(classes.size()));
    if (classes.size() > 255)
      throw Error(ErrorKind::unsupported, fmt::format("{}: the split patterns tell more than 255 kinds of characters "
                                                      "apart",
                                                      where));
    if (is_new)
      for (size_t s = 0; s < sets.size(); ++s) members_[s][it->second] = held[s];
    std::fill(all.begin() + borders[i], all.begin() + borders[i + 1], it->second);
  }

  std::map<std::string_view, uint16_t> blocks;
  const char* bytes = reinterpret_cast<const char*>(all.data());
  for (size_t i = 0; i < all.size(); i += block) {
    auto [it, is_new] = blocks.emplace(std::string_view(bytes + i, block), static_cast<uint16_t>(blocks.size()));
    if (is_new) blocks_.insert(blocks_.end(), all.begin() + i, all.begin() + i + block);
    first_.push_back(it->second);
  }
}

void Alphabet::classify(std::string_view text, uint8_t* classes) const {
  const uint8_t* ascii = blocks_.data() + first_[0] * block;
  for (size_t i = 0; i < text.size();) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      classes[i++] = ascii[byte];
      continue;
    }
    size_t length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    uint8_t kind = class_of(utf8::decode(text.substr(i, length), length));
    for (size_t end = i + length; i < end; ++i) classes[i] = kind;
  }
}

class Regex::Compiler {
 public:
  Compiler(Regex& regex, const std::vector<CodePointSet>& sets, const std::string& where)
      : regex_(regex), sets_(sets), where_(where) {}

  void compile(const Node& node) {
    regex_.start_ = emit(node, add({}));
    bool nothing = false;
    regex_.opening_ = opening(regex_.start_, nothing);
    if (nothing) fail(ErrorKind::config, "can match nothing");
  }

 private:
  [[noreturn]] void fail(ErrorKind kind, std::string_view what) const {
    throw Error(kind, fmt::format("{}: split pattern {}: {}", where_, printable(regex_.pattern_), what));
  }

  uint32_t add(Step step) {
    bool choice = step.kind != Kind::accept && step.kind != Kind::one;
    if (choice && ++choices_ > max_choices)
      fail(ErrorKind::unsupported, fmt::format("more than {} repeats and alternatives", max_choices));
    regex_.steps_.push_back(std::move(step));
    return static_cast<uint32_t>(regex_.steps_.size() - 1);
  }

  // The first step of `node`, whose success goes on at step `next`.
  uint32_t emit(const Node& node, uint32_t next) {
    switch (node.kind) {
      case Node::Kind::set:
        return add(character(node, next));
      case Node::Kind::sequence:
        for (size_t i = node.children.size(); i-- > 0;) next = emit(node.children[i], next);
        return next;
      case Node::Kind::either:
        return either(node, next);
      case Node::Kind::look:
      case Node::Kind::look_not:
        break;
    }
    Step step{.kind = node.kind == Node::Kind::look ? Kind::look : Kind::look_not, .next = next};
    step.inner = emit(node.children[0], add({}));
    return add(std::move(step));
  }

  Step character(const Node& node, uint32_t next) {
    size_t set = static_cast<size_t>(std::find(sets_.begin(), sets_.end(), node.set) - sets_.begin());
    Step step{.next = next, .members = regex_.alphabet_->members(set).data(), .least = node.least, .most = node.most};
    if (node.least == 1 && node.most == 1)
      step.kind = Kind::one;
    else if (node.repeat == regex::Repeat::greedy)
      step.kind = Kind::greedy;
    else
      step.kind = node.repeat == regex::Repeat::lazy ? Kind::lazy : Kind::possessive;
    return step;
  }

  uint32_t either(const Node& node, uint32_t next) {
    if (node.children.size() > max_branches)
      fail(ErrorKind::unsupported, fmt::format("more than {} alternatives in one place", max_branches));
    Step step{.kind = Kind::either};
    for (size_t b = 0; b < node.children.size(); ++b) {
      step.branches.push_back(emit(node.children[b], next));
      bool nothing = false;
      Alphabet::Members begins = opening(step.branches.back(), nothing);
      for (size_t c = 0; c < 256; ++c)
        if (nothing || begins[c]) step.viable[c] |= uint64_t{1} << b;
    }
    return add(std::move(step));
  }

  // The classes that what follows from `index` can begin with; `nothing` becomes true if it may succeed without any.
  // A look-ahead counts as no restriction.
  Alphabet::Members opening(uint32_t index, bool& nothing) const {
    Alphabet::Members result{};
    for (;;) {
      const Step& step = regex_.steps_[index];
      if (step.kind == Kind::accept) {
        nothing = true;
        return result;
      }
      if (step.kind == Kind::either) {
        for (uint32_t branch : step.branches) {
          Alphabet::Members part = opening(branch, nothing);
          for (size_t c = 0; c < 256; ++c) result[c] |= part[c];
        }
        return result;
      }
      if (step.kind != Kind::look && step.kind != Kind::look_not) {
        for (size_t c = 0; c < 256; ++c) result[c] |= step.members[c];
        if (step.least > 0) return result;
      }
      index = step.next;
    }
  }

  Regex& regex_;
  const std::vector<CodePointSet>& sets_;
  const std::string& where_;
  size_t choices_ = 0;
};

std::vector<Regex> Regex::compile(const std::vector<std::string>& patterns, const std::string& where,
                                  std::shared_ptr<const Alphabet>& alphabet) {
  std::vector<Node> trees;
  std::vector<CodePointSet> sets;
  for (const std::string& pattern : patterns) {
    trees.push_back(regex::parse(pattern, where));
    collect_sets(trees.back(), sets);
  }
  alphabet = std::make_shared<const Alphabet>(sets, where);
  std::vector<Regex> result(patterns.size());
  for (size_t i = 0; i < patterns.size(); ++i) {
    result[i].alphabet_ = alphabet;
    result[i].pattern_ = patterns[i];
    Compiler(result[i], sets, where).compile(trees[i]);
  }
  return result;
}

}  // namespace octet::text
