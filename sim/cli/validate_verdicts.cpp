#include "sim/cli/validate_verdicts.hpp"

#include <algorithm>
#include <ostream>

#include "reports/text.hpp"

namespace drdrill::cli {
namespace {

std::size_t commonest(const study::VerdictCounts& counts) {
  return static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

std::string words(const study::VerdictCounts& counts) {
  std::string out;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0)
      out += (out.empty() ? "" : ", ") + reports::verdict_word(static_cast<Verdict>(i)) + " " +
             std::to_string(counts[i]);
  return out;
}

}  // namespace

bool agree(const Verdicts& verdicts) {
  study::VerdictCounts live = verdicts.live;
  constexpr auto inconclusive = static_cast<std::size_t>(Verdict::inconclusive);
  if (commonest(verdicts.simulated) != inconclusive) live[inconclusive] = 0;
  const bool any = std::any_of(live.begin(), live.end(), [](auto count) { return count > 0; });
  return any && commonest(live) == commonest(verdicts.simulated);
}

void print_verdicts(const std::vector<Verdicts>& all, std::ostream& out) {
  out << "\n| drill | live verdicts | simulated verdicts | |\n| --- | --- | --- | --- |\n";
  std::size_t same = 0;
  for (const Verdicts& one : all) {
    same += agree(one) ? 1 : 0;
    out << "| " << one.scenario << " | " << words(one.live) << " | " << words(one.simulated)
        << " | " << (agree(one) ? "same" : "differs") << " |\n";
  }
  out << "\nOf " << all.size() << " drills " << same << " have the same verdict in both worlds\n";
}

}  // namespace drdrill::cli
