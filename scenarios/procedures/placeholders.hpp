#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What a document leaves to be filled in: <pod-name>, [POD_NAME], {{pod_name}}, {pod_name},
/// YYYY-MM-DD, pod-xxxxx, YOUR_TOKEN. And how somebody who follows it would find the value.
namespace drdrill::procedures {

struct Placeholder {
  std::size_t begin = 0;  ///< bytes into the text
  std::size_t end = 0;
  std::string written;  ///< as it stands there
  std::string name;     ///< of a variable: "pod_name"
};

/// In order. What is only said (behind echo, in comments, in a usage line) is none.
std::vector<Placeholder> find_placeholders(std::string_view text);

/// The text with letters in their place, byte for byte, so that they are words to a shell.
std::string hidden(std::string_view text, const std::vector<Placeholder>& placeholders);

/// Shell that sets the variable as a person would choose: the pod that is not ready, the first
/// Deployment that fits, today's date. `text` is what the placeholder stands in, `statement` the
/// part of it that is one command. Empty when nothing of the platform tells.
std::string fill_command(const Placeholder& placeholder, std::string_view text,
                         std::string_view statement);

}  // namespace drdrill::procedures
