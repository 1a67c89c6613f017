#pragma once

#include <memory>
#include <string>

#include "sim/live/clients/outcome.hpp"
#include "sim/live/clients/route.hpp"

/// HTTP through a Service, over a connection that is kept. For one thread at a time.
namespace drdrill::live {

struct HttpReply : Reply {
  int status = 0;  ///< 0 when there was no answer
  std::string body{};
};

class HttpClient {
 public:
  HttpClient(const Directory& directory, std::string service);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  /// Ok means an answer of the 200s; any other answer is a refusal with its status.
  HttpReply get(const std::string& path, Deadline deadline);
  HttpReply post(const std::string& path, Deadline deadline, const std::string& body = {});
  void disconnect();
  bool connected() const;
  bool led_astray() const;  ///< connected to where the Service no longer leads

 private:
  struct Handle;
  HttpReply run(const std::string& path, const std::string* body, Deadline deadline);

  Route route_;
  Endpoint endpoint_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace drdrill::live
