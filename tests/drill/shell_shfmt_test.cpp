#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "tests/drill/shell_texts.hpp"
#include "tests/drill/shfmt_reading.hpp"

/// Our parser beside shfmt's: one tree, of every text that both take.
namespace drdrill::shell {
namespace {

bool has(const std::string& text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

/// shfmt wants arithmetic and conditions to be sound before anything runs; bash and we say so when
/// they are calculated. "$?#x" is a comment to shfmt 3.6 and "a{#=b" an assignment, to nobody else.
bool is_late(const std::string& error) {
  return has(error, {"arithmetic", "must follow", "must be followed by", "ternary", "test operator",
                     "without matching", "invalid var name", "separated by &, ;"});
}

/// shfmt takes a function whose body is a simple command, an empty command before `;`, and what is
/// beyond our bounds; bash takes neither of the first two.
bool is_more_than_bash(const std::string& message) {
  return has(message, {"not known here", "filled in", "after the name of a function",
                       "unexpected \";\"", "nothing to do"});
}

std::string around(const std::string& text, std::size_t at) {
  constexpr std::size_t before = 60, size = 160;
  return text.substr(at > before ? at - before : 0, size);
}

/// "" when they agree, or have a reason not to.
std::string disagreement(const std::string& text) {
  const Parsed ours = parse(text);
  const ShfmtReading theirs = read_with_shfmt(text);
  if (!theirs.unknown.empty()) return {};
  if (ours.list && theirs.list) {
    const std::string a = shown(*ours.list), b = shown(*theirs.list);
    if (a == b || has(text, {"?#", "{#"})) return {};
    const auto at = static_cast<std::size_t>(
        std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    return "ours  " + around(a, at) + "\nshfmt " + around(b, at);
  }
  if (ours.list) return is_late(theirs.error) ? "" : "only ours takes it; shfmt: " + theirs.error;
  if (theirs.list && !is_more_than_bash(ours.error->message))
    return "only shfmt takes it; ours: " + ours.error->message;
  return {};
}

/// Numbers that are the same on every machine.
class Numbers {
 public:
  std::size_t below(std::size_t limit) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return limit == 0 ? 0 : static_cast<std::size_t>(state_ >> 33U) % limit;
  }

 private:
  std::uint64_t state_ = 20261123;
};

std::string spoilt(std::string text, const std::vector<std::string_view>& all, Numbers& numbers) {
  static constexpr std::array<std::string_view, 40> pieces{
      "\"",   "'",  "`",  "$",   "${",    "}",  "(",    ")",     "((",    "))",
      "[",    "]",  ";",  "\n",  " ",     "\\", "|",    "&",     "&&",    "<",
      ">",    ">>", "<(", "#",   "=",     "+=", "if ",  "then ", "fi",    "do ",
      "done", ";;", "{ ", "; }", "{a,b}", "$(", "2>&1", "<<E\n", "\nE\n", "for i in a; "};
  const std::size_t at = numbers.below(text.size() + 1);
  switch (numbers.below(4)) {
    case 0:
      text.insert(at, pieces[numbers.below(pieces.size())]);
      break;
    case 1:
      text.erase(at, 1 + numbers.below(4));
      break;
    case 2: {
      const std::string_view other = all[numbers.below(all.size())];
      text.insert(at, other.substr(numbers.below(other.size()), numbers.below(20)));
      break;
    }
    default:
      text.replace(at, std::min<std::size_t>(1, text.size() - at),
                   pieces[numbers.below(pieces.size())]);
  }
  return text;
}

}  // namespace

TEST_CASE("what bash runs has one tree") {
  for (const std::string_view text : all_texts()) {
    INFO(text);
    CHECK(disagreement(std::string(text)) == "");
  }
}

TEST_CASE("the scripts of this project have one tree") {
  for (const char* file : {"dev", "scenarios/jobs/slurm-array.sh"}) {
    INFO(file);
    std::ifstream in(file);
    REQUIRE(in);
    CHECK(disagreement(std::string(std::istreambuf_iterator<char>(in), {})) == "");
  }
}

TEST_CASE("texts that were spoilt have one tree, or none", "[many]") {
  const auto all = all_texts();
  Numbers numbers;
  constexpr int rounds = 400;
  for (int round = 0; round < rounds; ++round) {
    std::string text(all[numbers.below(all.size())]);
    for (std::size_t changes = 1 + numbers.below(3); changes > 0; --changes)
      text = spoilt(std::move(text), all, numbers);
    INFO(text);
    CHECK(disagreement(text) == "");
  }
}

}  // namespace drdrill::shell
