#pragma once

#include "sim/drill/shell_parser.hpp"

namespace drdrill::shell {

/// One level of nesting while it lives.
class Parser::Deeper {
 public:
  explicit Deeper(Parser& parser) : parser_(parser) {
    if (++parser_.depth_ > nesting_limit) {
      --parser_.depth_;
      parser_.fail("nested more than " + std::to_string(nesting_limit) + " levels deep");
    }
  }
  ~Deeper() { --parser_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  Parser& parser_;
};

}  // namespace drdrill::shell
