#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/shell_state.hpp"

/// POSIX patterns over single lines, in time that is bounded whatever the pattern.
namespace drdrill::shell {

class Pattern {
 public:
  enum class Syntax : std::uint8_t { basic, extended, fixed };

  struct Match {
    std::size_t at = 0;
    std::size_t size = 0;
    std::vector<std::string> groups;  ///< [0] is the whole match; filled when asked for
  };

  /// Nothing when the pattern is wrong or has something that is not known here.
  static std::optional<Pattern> compile(std::string_view text, Syntax syntax, bool ignore_case);

  /// The first match that begins at `from` or later.
  std::optional<Match> find(std::string_view line, std::size_t from, Budget& budget,
                            bool groups = false) const;

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

 private:
  struct Compiled;
  Pattern();
  std::string literal_;
  bool ignore_case_ = false;
  std::unique_ptr<Compiled> compiled_;  ///< null: `literal_` says it all
};

}  // namespace drdrill::shell
