#include "sim/base/problem.hpp"

#include <algorithm>

namespace drdrill {
namespace {

constexpr std::size_t longest_compared = 64;
constexpr std::size_t most_listed = 12;

/// Optimal string alignment distance.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string to_string(const Problem& problem) {
  std::string out = problem.file;
  if (problem.at.line > 0) {
    out += ":" + std::to_string(problem.at.line);
    if (problem.at.column > 0) out += ":" + std::to_string(problem.at.column);
  }
  if (!out.empty()) out += ": ";
  if (!problem.pointer.empty()) out += problem.pointer + ": ";
  out += problem.message;
  std::replace_if(out.begin(), out.end(), is_control, '?');
  return out;
}

void Problems::add(Problem problem) {
  if (all_.size() < limit)
    all_.push_back(std::move(problem));
  else
    ++dropped_;
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  if (name.empty() || name.size() > longest_compared) return {};
  std::string_view best;
  std::size_t best_distance = longest_compared + 1;
  for (std::string_view candidate : known) {
    if (candidate.size() > longest_compared) continue;
    const std::size_t distance = edits(name, candidate);
    const bool near = distance <= std::max(name.size(), candidate.size()) / 3;
    if (near && distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(std::string_view name, std::span<const std::string_view> known) {
  if (const auto near = nearest_name(name, known); !near.empty())
    return "; did you mean \"" + std::string(near) + "\"?";
  if (known.empty()) return {};
  std::string out = "; known: ";
  for (std::size_t i = 0; i < known.size() && i < most_listed; ++i)
    out += (i ? ", " : "") + std::string(known[i]);
  if (known.size() > most_listed) out += ", …";
  return out;
}

}  // namespace drdrill
