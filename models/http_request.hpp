#pragma once

#include <string>
#include <vector>

#include "sim/base/time.hpp"
#include "sim/drill/shell_run.hpp"

/// curl's command line, and what curl prints of an answer.
namespace drdrill::models {

struct HttpRequest {
  std::string method = "GET";  ///< -X
  std::string host;
  std::string path = "/";
  int port = 0;
  std::vector<std::string> headers;  ///< -H
  std::string data;                  ///< -d
  bool fail_on_error = false;        ///< -f
  bool silent = false;               ///< -s
  bool show_error = false;           ///< -S
  bool discards_body = false;        ///< -o FILE
  std::string write_out;             ///< -w
};

HttpRequest read_request(const std::vector<std::string>& argv);

/// No answer: curl's exit status and its reason.
shell::Result curl_failed(const HttpRequest& request, int status, const std::string& why);
/// An answer with its HTTP status. Only with -f a status of 400 and above fails.
shell::Result curl_answered(const HttpRequest& request, int code, const std::string& body,
                            Duration took);

}  // namespace drdrill::models
