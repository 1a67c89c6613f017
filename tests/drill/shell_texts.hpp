#pragma once

#include <string_view>
#include <vector>

/// Shell that calls no program, so that bash gives the same answer as ours: by what it is about.
namespace drdrill::shell {

const std::vector<std::string_view>& texts_of_expansions();
const std::vector<std::string_view>& texts_of_arrays();
const std::vector<std::string_view>& texts_of_arithmetic();
const std::vector<std::string_view>& texts_of_traps();
const std::vector<std::string_view>& texts_of_streams();
const std::vector<std::string_view>& texts_of_flow();

/// All of them.
std::vector<std::string_view> all_texts();

}  // namespace drdrill::shell
