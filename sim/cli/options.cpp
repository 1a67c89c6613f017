#include "sim/cli/options.hpp"

#include <algorithm>
#include <charconv>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>

#include "sim/base/problem.hpp"

namespace po = boost::program_options;

namespace drdrill::cli {
namespace {

po::options_description described(std::span<const OptionRow> known) {
  po::options_description description;
  for (const OptionRow& row : known) {
    const std::string name(row.name);
    const std::string help(row.help);
    if (row.argument.empty())
      description.add_options()(name.c_str(), help.c_str());
    else
      description.add_options()(name.c_str(), po::value<std::string>(), help.c_str());
  }
  return description;
}

/// "--seeds" as it was typed, without dashes and value.
std::string bare(std::string name) {
  name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
  return name.substr(0, name.find('='));
}

std::string unknown_option(std::span<const OptionRow> known, const std::string& typed) {
  std::vector<std::string_view> names;
  for (const OptionRow& row : known) names.push_back(row.name);
  const std::string_view near = nearest_name(bare(typed), names);
  std::string out = "there is no option \"" + typed + "\"";
  return near.empty() ? out : out + "; did you mean \"--" + std::string(near) + "\"?";
}

const OptionRow* row_of(std::span<const OptionRow> known, std::string_view name) {
  for (const OptionRow& row : known)
    if (row.name == name) return &row;
  return nullptr;
}

/// The arguments with "--output" for "-o".
std::vector<std::string> spelled_out(std::span<const OptionRow> known,
                                     std::span<const std::string> arguments) {
  std::vector<std::string> all(arguments.begin(), arguments.end());
  for (std::string& word : all) {
    if (word == "--") break;
    for (const OptionRow& row : known)
      if (row.letter != '\0' && word == std::string{'-', row.letter})
        word = "--" + std::string(row.name);
  }
  return all;
}

po::parsed_options parse(std::span<const OptionRow> known, std::span<const std::string> arguments) {
  using Style = po::command_line_style::style_t;
  const auto description = described(known);
  const std::vector<std::string> all = spelled_out(known, arguments);
  try {
    return po::command_line_parser(all)
        .options(description)
        .style(Style::allow_long | Style::long_allow_adjacent | Style::long_allow_next)
        .allow_unregistered()
        .run();
  } catch (const po::invalid_command_line_syntax& error) {
    const std::string name = bare(error.get_option_name());
    const OptionRow* row = row_of(known, name);
    if (row != nullptr && !row->argument.empty())
      throw UsageError("--" + name + " needs a value: --" + name + " " +
                       std::string(row->argument));
    if (row != nullptr) throw UsageError("--" + name + " takes no value");
    throw UsageError(error.what());
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace

Options::Options(std::span<const OptionRow> known, std::span<const std::string> arguments) {
  for (const auto& option : parse(known, arguments).options) {
    if (option.unregistered)
      throw UsageError(unknown_option(known, option.original_tokens.front()));
    if (option.position_key >= 0) {
      // Program_options takes a word like "-x" for a value where no short option is known.
      const std::string& word = option.value.front();
      const bool after_dashes = option.original_tokens.empty();
      if (!after_dashes && word.size() > 1 && word.front() == '-')
        throw UsageError(unknown_option(known, word));
      positional_.push_back(word);
      continue;
    }
    const OptionRow* row = row_of(known, option.string_key);
    if (row != nullptr && !row->repeatable && has(option.string_key))
      throw UsageError("--" + option.string_key + " is given twice");
    given_.emplace_back(option.string_key, option.value.empty() ? "" : option.value.front());
  }
}

const std::string* Options::find(std::string_view name) const {
  for (const auto& [key, value] : given_)
    if (key == name) return &value;
  return nullptr;
}

std::string Options::value(std::string_view name, std::string_view fallback) const {
  const std::string* found = find(name);
  return found != nullptr ? *found : std::string(fallback);
}

std::vector<std::string> Options::values(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : given_)
    if (key == name) out.push_back(value);
  return out;
}

std::uint64_t Options::natural(std::string_view name, std::uint64_t fallback) const {
  const std::string* text = find(name);
  if (text == nullptr) return fallback;
  std::uint64_t number = 0;
  const auto end = std::from_chars(text->data(), text->data() + text->size(), number);
  if (end.ec != std::errc{} || end.ptr != text->data() + text->size())
    throw UsageError("--" + std::string(name) + " " + *text +
                     ": not a whole number from 0 to 18446744073709551615");
  return number;
}

}  // namespace drdrill::cli
