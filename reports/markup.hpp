#pragma once

#include <string>
#include <string_view>

/// Text that comes from files and commands, made safe for markup languages.
namespace drdrill::reports {

/// For attributes and text of XML. Characters that XML 1.0 cannot hold in any form become U+FFFD.
std::string xml_text(std::string_view text);

/// One line of Markdown on which nothing is markup.
std::string markdown_text(std::string_view text);

}  // namespace drdrill::reports
