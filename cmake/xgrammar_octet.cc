// What octet gives XGrammar 0.2.8 in place of its own code.
//
// - The converters of JSON Schema, Lark and structural tags are not built (octet writes its grammars itself); the
//   compiler refers to them, so they are here and say so.
// - FSMWithStartEnd::MergeEquivalentStates joins states that are not equivalent: as it is written, b|b{0,2} also
//   matches bbb. Here an automaton over bytes is made deterministic, which keeps one state alive at a time, and equal
//   ends are joined; any other automaton is left as it is.
#include <algorithm>
#include <map>
#include <set>

#include "fsm.h"
#include "json_schema_converter.h"
#include "lark_converter.h"
#include "structural_tag.h"
#include "support/logging.h"

namespace xgrammar {

namespace {

// There may be exponentially more subsets than states: beyond these the automaton stays as it is.
constexpr size_t enough_subsets = 20000, subsets_a_state = 2;
constexpr size_t most_work = size_t{1} << 23;  // states looked at

using Subset = std::vector<int>;  // sorted

class Determiniser {
 public:
  explicit Determiniser(const FSMWithStartEnd& from) : from_(from), seen_in_(from.NumStates()) {}

  // False if there would be too many states.
  bool run() {
    size_t most_subsets = std::max(enough_subsets, subsets_a_state * static_cast<size_t>(from_.NumStates()));
    number({from_.GetStart()});
    for (size_t next = 0; next < subsets_.size(); ++next) {
      if (subsets_.size() > most_subsets || work_ > most_work) return false;
      take_steps(static_cast<int>(next));
    }
    return true;
  }

  // With equal ends joined: a state is replaced by an earlier one that ends and goes on alike.
  FSMWithStartEnd joined() const {
    std::vector<int> stands_for(edges_.size(), -1), kept;
    std::map<std::pair<bool, std::vector<FSMEdge>>, int> known;
    for (int state : ends_first()) {
      std::vector<FSMEdge> edges;
      for (FSMEdge edge : edges_[state]) {
        int target = stands_for[edge.target];
        edge.target = target >= 0 ? target : edge.target;  // not settled: a loop leads back to it
        if (!edges.empty() && edges.back().target == edge.target && edges.back().max + 1 == edge.min)
          edges.back().max = edge.max;
        else
          edges.push_back(edge);
      }
      stands_for[state] = known.emplace(std::make_pair(bool(ends_[state]), std::move(edges)), state).first->second;
    }
    return renumbered(stands_for);
  }

 private:
  // The number of a set of states and of all that they reach without reading.
  int number(Subset members) {
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    ++round_;
    for (int state : members) seen_in_[state] = round_;
    for (size_t next = 0; next < members.size(); ++next)  // grows while it runs
      for (const FSMEdge& edge : from_.GetFsm().GetEdges(members[next]))
        if (edge.IsEpsilon() && seen_in_[edge.target] != round_) {
          seen_in_[edge.target] = round_;
          members.push_back(edge.target);
        }
    std::sort(members.begin(), members.end());
    work_ += members.size();
    auto [it, fresh] = numbers_.try_emplace(members, static_cast<int>(subsets_.size()));
    if (fresh) {
      ends_.push_back(std::any_of(members.begin(), members.end(), [&](int state) { return from_.IsEndState(state); }));
      edges_.emplace_back();
      subsets_.push_back(std::move(members));
    }
    return it->second;
  }

  // The edges of a subset: the bytes are cut where any edge begins or ends.
  void take_steps(int at) {
    std::vector<FSMEdge> all;
    std::set<int> cuts;
    for (int state : subsets_[at])
      for (const FSMEdge& edge : from_.GetFsm().GetEdges(state))
        if (edge.IsCharRange()) all.push_back(edge), cuts.insert(edge.min), cuts.insert(edge.max + 1);
    for (auto cut = cuts.begin(); cut != cuts.end() && std::next(cut) != cuts.end(); ++cut) {
      int first = *cut, last = *std::next(cut) - 1;
      Subset targets;
      for (const FSMEdge& edge : all)
        if (edge.min <= first && edge.max >= last) targets.push_back(edge.target);
      if (targets.empty()) continue;
      int target = number(std::move(targets));
      edges_[at].push_back(FSMEdge(first, last, target));
    }
  }

  // All states, each behind those that it leads to where no loop forbids it.
  std::vector<int> ends_first() const {
    std::vector<int> order;
    std::vector<bool> seen(edges_.size());
    std::vector<std::pair<int, size_t>> path{{0, 0}};  // a state and its next edge
    seen[0] = true;
    while (!path.empty()) {
      auto& [state, next] = path.back();
      if (next == edges_[state].size()) {
        order.push_back(state);
        path.pop_back();
        continue;
      }
      int target = edges_[state][next++].target;
      if (!seen[target]) seen[target] = true, path.emplace_back(target, 0);
    }
    return order;
  }

  FSMWithStartEnd renumbered(const std::vector<int>& stands_for) const {
    std::vector<int> numbers(edges_.size(), -1);
    int count = 0;
    for (size_t state = 0; state < edges_.size(); ++state)
      if (stands_for[state] == static_cast<int>(state)) numbers[state] = count++;
    FSM fsm(count);
    std::vector<int32_t> ends;
    for (size_t state = 0; state < edges_.size(); ++state) {
      if (numbers[state] < 0) continue;
      if (ends_[state]) ends.push_back(numbers[state]);
      for (const FSMEdge& edge : edges_[state]) {
        int target = numbers[stands_for[edge.target]];
        auto& mine = fsm.GetEdges(numbers[state]);
        if (!mine.empty() && mine.back().target == target && mine.back().max + 1 == edge.min)
          mine.back().max = edge.max;
        else
          fsm.AddEdge(numbers[state], target, edge.min, edge.max);
      }
    }
    return FSMWithStartEnd(fsm, numbers[stands_for[0]], std::move(ends), true);
  }

  const FSMWithStartEnd& from_;
  std::map<Subset, int> numbers_;
  std::vector<Subset> subsets_;
  std::vector<bool> ends_;
  std::vector<std::vector<FSMEdge>> edges_;
  size_t work_ = 0;
  std::vector<int> seen_in_;  // by state: the round in which it was added
  int round_ = 0;
};

bool reads_bytes_only(const FSMWithStartEnd& fsm) {
  for (const auto& edges : fsm.GetFsm().GetEdges())
    for (const FSMEdge& edge : edges)
      if (!edge.IsCharRange() && !edge.IsEpsilon()) return false;
  return true;
}

}  // namespace

FSMWithStartEnd FSMWithStartEnd::MergeEquivalentStates(int) const {
  if (!reads_bytes_only(*this)) return Copy();
  Determiniser determiniser(*this);
  return determiniser.run() ? determiniser.joined() : Copy();
}

Grammar JSONSchemaToGrammar(const std::string&, bool, std::optional<int>,
                            std::optional<std::pair<std::string, std::string>>, bool, std::optional<int>, bool,
                            JSONFormat, std::vector<std::string>) {
  XGRAMMAR_LOG(FATAL) << "XGrammar's JSON Schema converter is not part of this build";
  XGRAMMAR_UNREACHABLE();
}

Grammar LarkToGrammar(const std::string&, const std::optional<TokenizerInfo>&, const std::vector<NamedGrammar>&) {
  XGRAMMAR_LOG(FATAL) << "XGrammar's Lark converter is not part of this build";
  XGRAMMAR_UNREACHABLE();
}

Result<Grammar, StructuralTagError> StructuralTagToGrammar(const std::string&, const std::optional<TokenizerInfo>&) {
  XGRAMMAR_LOG(FATAL) << "XGrammar's structural tags are not part of this build";
  XGRAMMAR_UNREACHABLE();
}

}  // namespace xgrammar
