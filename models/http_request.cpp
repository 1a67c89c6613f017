#include "models/http_request.hpp"

#include <algorithm>
#include <array>

namespace drdrill::models {
namespace {

constexpr std::string_view letters_with_value = "owXHduTmAeb";
constexpr std::array<std::string_view, 12> words_with_value{
    "--output",         "--write-out",  "--request",         "--header",
    "--data",           "--user",       "--max-time",        "--data-raw",
    "--data-urlencode", "--user-agent", "--connect-timeout", "--retry"};
void read_address(std::string_view text, HttpRequest& request) {
  request.port = text.starts_with("https://") ? 443 : 80;
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos)
    text.remove_prefix(scheme + 3);
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    request.path = std::string(text.substr(slash, text.find('?', slash) - slash));
    text = text.substr(0, slash);
  }
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    int port = 0;
    for (char c : text.substr(colon + 1))
      if (c >= '0' && c <= '9' && port < 100000) port = port * 10 + (c - '0');
    request.port = port;
    text = text.substr(0, colon);
  }
  request.host = std::string(text);
}

void take_option(HttpRequest& request, std::string_view option, const std::string& value) {
  if (option == "-X" || option == "--request") request.method = value;
  if (option == "-H" || option == "--header") request.headers.push_back(value);
  if (option == "-w" || option == "--write-out") request.write_out = value;
  if (option == "-o" || option == "--output") request.discards_body = true;
  if (option == "-d" || option.starts_with("--data")) {
    request.data += request.data.empty() ? value : "&" + value;
    if (request.method == "GET") request.method = "POST";
  }
}

}  // namespace

HttpRequest read_request(const std::vector<std::string>& argv) {
  HttpRequest request;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& arg = argv[i];
    if (arg.starts_with("--")) {
      if (arg == "--fail") request.fail_on_error = true;
      if (arg == "--silent") request.silent = true;
      if (std::find(words_with_value.begin(), words_with_value.end(), arg) ==
          words_with_value.end())
        continue;
      ++i;
      if (i < argv.size()) take_option(request, arg, argv[i]);
      continue;
    }
    if (!arg.starts_with("-") || arg.size() < 2) {
      read_address(arg, request);
      continue;
    }
    for (std::size_t c = 1; c < arg.size(); ++c) {
      request.fail_on_error |= arg[c] == 'f';
      request.silent |= arg[c] == 's';
      request.show_error |= arg[c] == 'S';
      if (letters_with_value.find(arg[c]) == std::string_view::npos) continue;
      const std::string value =
          c + 1 < arg.size() ? arg.substr(c + 1) : (i + 1 < argv.size() ? argv[++i] : "");
      take_option(request, std::string("-") + arg[c], value);
      break;
    }
  }
  return request;
}

namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

/// Without an answer curl prints nothing but its error, and what -w asks for.
std::string written_out(std::string format, int code, Duration took) {
  replace_all(format, "\\n", "\n");
  replace_all(format, "%{http_code}", code == 0 ? "000" : std::to_string(code));
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  std::string fraction = std::to_string(micros % 1000000);
  fraction.insert(0, 6 - fraction.size(), '0');
  replace_all(format, "%{time_total}", std::to_string(micros / 1000000) + "." + fraction);
  return format;
}

}  // namespace

shell::Result curl_failed(const HttpRequest& request, int status, const std::string& why) {
  shell::Result result{status, written_out(request.write_out, 0, Duration::zero()), "", true};
  if (!request.silent || request.show_error)
    result.err = "curl: (" + std::to_string(status) + ") " + why + "\n";
  return result;
}

shell::Result curl_answered(const HttpRequest& request, int code, const std::string& body,
                            Duration took) {
  shell::Result result;
  if (request.fail_on_error && code >= 400) {
    result.exit_status = 22;
    if (!request.silent || request.show_error)
      result.err = "curl: (22) The requested URL returned error: " + std::to_string(code) + "\n";
  } else if (!request.discards_body) {
    result.out = body;
  }
  result.out += written_out(request.write_out, code, took);
  return result;
}

}  // namespace drdrill::models
