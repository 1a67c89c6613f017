#include "sim/kube/yaml.hpp"

#include <algorithm>
#include <istream>
#include <streambuf>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "sim/kube/yaml_builder.hpp"

namespace drdrill::kube {
namespace {

Position position(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

/// Where the first byte lies that is no UTF-8; the size when all is.
std::size_t first_not_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || i + length > text.size()) return i;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80U) return i;
    i += length;
  }
  return i;
}

/// yaml-cpp makes one byte each of the escapes \N and \_, which are U+0085 and U+00A0.
std::string in_utf8(std::string text) {
  std::string out;
  std::string_view rest = text;
  for (std::size_t bad = first_not_utf8(rest); bad < rest.size(); bad = first_not_utf8(rest)) {
    const auto byte = static_cast<unsigned char>(rest[bad]);
    out.append(rest.substr(0, bad));
    out += static_cast<char>(0xC0U | (byte >> 6U));
    out += static_cast<char>(0x80U | (byte & 0x3FU));
    rest.remove_prefix(bad + 1);
  }
  return out.empty() ? std::move(text) : out.append(rest);
}

/// yaml-cpp's events, handed on.
class Events : public YAML::EventHandler {
 public:
  Events(YamlBuilder& builder, std::string_view text) : builder_(builder), text_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override { builder_.begin_document(noted(mark)); }
  void OnDocumentEnd() override { builder_.end_document(); }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Value value;
    value.at = noted(mark);
    builder_.scalar(std::move(value), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    Value value;
    value.at = noted(mark);
    value.text = text;
    value.kind = Value::Kind::string;
    if (tag == "?" || tag.empty()) {
      type_plain(value);
    } else {
      value.literal = is_literal(mark);
      value.text = in_utf8(std::move(value.text));
    }
    builder_.scalar(std::move(value), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.alias(noted(mark), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    builder_.open(noted(mark), Value::Kind::array, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    builder_.open(noted(mark), Value::Kind::object, anchor);
  }
  void OnSequenceEnd() override { builder_.close(); }
  void OnMapEnd() override { builder_.close(); }

  /// Where the last event was.
  std::size_t offset() const { return offset_; }
  Position last() const { return last_; }

 private:
  Position noted(const YAML::Mark& mark) {
    offset_ = static_cast<std::size_t>(std::max(mark.pos, 0));
    last_ = position(mark);
    return last_;
  }

  /// Does a "|" stand there, behind an anchor or a tag perhaps?
  bool is_literal(const YAML::Mark& mark) const {
    std::string_view rest =
        text_.substr(std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size()));
    while (rest.starts_with('&') || rest.starts_with('!')) {
      rest.remove_prefix(std::min(rest.find_first_of(" \n"), rest.size()));
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    }
    return rest.starts_with('|');
  }

  YamlBuilder& builder_;
  std::string_view text_;
  std::size_t offset_ = 0;
  Position last_;
};

constexpr std::size_t piece = std::size_t{16} << 10;

/// Where brackets begin that only open, by the thousand. The parser keeps each of them, at more
/// than anything else costs, and no document of use has so many. The parser is not begun with them:
/// what is thrown while it is made leaks its buffer.
std::size_t first_endless(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const std::string_view next = text.substr(at, piece);
    if (next.size() > piece / 2 && next.find_first_not_of("[{ \n") == std::string_view::npos &&
        next.find_first_of("[{") != std::string_view::npos)
      return at;
  }
  return text.size();
}

/// Reads the text where it lies, in pieces. The parser keeps all that it has read since its last
/// event, at 300 bytes for some of a text's, so more than the bound of that is refused.
class ViewBuffer : public std::streambuf {
 public:
  ViewBuffer(std::string_view text, const Events& events, std::size_t most)
      : text_(text), events_(events), most_(most) {}

 private:
  int_type underflow() override {
    if (at_ > events_.offset() + most_)
      throw YamlRefused{events_.last(), "more than " + std::to_string(most_ >> 20U) +
                                            " MiB follow without the end of a value"};
    if (at_ == text_.size()) return traits_type::eof();
    char* begin = const_cast<char*>(text_.data()) + at_;  // a get area is never written to
    const std::size_t length = std::min(piece, text_.size() - at_);
    at_ += length;
    setg(begin, begin, begin + length);
    return traits_type::to_int_type(*begin);
  }

  std::string_view text_;
  const Events& events_;
  std::size_t most_;
  std::size_t at_ = 0;
};

/// Where the first control character lies that YAML has none of (5.1 of its specification); the
/// parser takes a NUL for something else than it is.
std::size_t first_control(std::string_view text) {
  const auto bad = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7F;
  });
  return static_cast<std::size_t>(bad - text.begin());
}

Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n') + 1;  // 0 when there is none
  return {static_cast<int>(lines) + 1, static_cast<int>(offset - start) + 1};
}

std::string grouped(std::size_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

bool read_yaml(std::string_view text, const std::string& file, Problems& problems,
               const YamlLimits& limits, bool split, std::function<bool(Value)> take) {
  const auto refuse = [&](Position at, std::string message) {
    problems.add({file, at, "", std::move(message)});
    return false;
  };
  if (text.size() > limits.bytes) return refuse({}, "larger than " + grouped(limits.bytes));
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return refuse({1, 1}, "UTF-16, as PowerShell's > writes it; save it as UTF-8");
  if (const std::size_t bad = first_not_utf8(text); bad < text.size())
    return refuse(position_of(text, bad), "not UTF-8");
  if (const std::size_t bad = first_control(text); bad < text.size())
    return refuse(position_of(text, bad), "a control character, which YAML does not allow");
  if (const std::size_t bad = first_endless(text); bad < text.size())
    return refuse(position_of(text, bad),
                  "nested deeper than " + std::to_string(limits.depth) + " levels");
  try {
    YamlBuilder builder(limits, split, std::move(take));
    Events events(builder, text);
    ViewBuffer buffer(text, events, limits.value_bytes);
    std::istream in(&buffer);
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(events)) {
    }
  } catch (const YamlEnough&) {
    return true;
  } catch (const YamlRefused& r) {
    return refuse(r.at, r.message);
  } catch (const YAML::Exception& e) {
    return refuse(position(e.mark), "no YAML: " + e.msg);
  }
  return true;
}

}  // namespace

bool plain_is_string(std::string_view text) {
  Value value;
  value.text = text;
  type_plain(value);
  return value.kind == Value::Kind::string;
}

bool stream_yaml(std::string_view text, const std::string& file, Problems& problems,
                 const std::function<bool(Value)>& take, const YamlLimits& limits) {
  return read_yaml(text, file, problems, limits, true, take);
}

std::vector<Value> parse_yaml_documents(std::string_view text, const std::string& file,
                                        Problems& problems, const YamlLimits& limits) {
  std::vector<Value> out;
  read_yaml(text, file, problems, limits, false, [&](Value document) {
    if (document.kind != Value::Kind::null) out.push_back(std::move(document));
    return true;
  });
  return out;
}

std::optional<Value> parse_yaml(std::string_view text, std::string file, Problems& problems,
                                const YamlLimits& limits) {
  const std::size_t before = problems.count();
  auto documents = parse_yaml_documents(text, file, problems, limits);
  if (problems.count() != before) return std::nullopt;
  if (documents.empty()) return Value();
  if (documents.size() > 1) {
    problems.add({std::move(file), documents[1].at, "", "a second document; expected one"});
    return std::nullopt;
  }
  return std::move(documents.front());
}

}  // namespace drdrill::kube
