#include "sim/live/clients/http_client.hpp"

#include <algorithm>
#include <cerrno>
#include <mutex>

#include <curl/curl.h>

#include "sim/live/clients/socket.hpp"

namespace drdrill::live {
namespace {

constexpr std::size_t body_max = 16U << 20U;

std::size_t take(const char* bytes, std::size_t size, std::size_t count, void* out) {
  auto& body = *static_cast<std::string*>(out);
  if (body.size() + size * count > body_max) return 0;
  body.append(bytes, size * count);
  return size * count;
}

void start_library() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// That no host or network is there is the kernel's word for hearing nothing of it.
bool heard_nothing(CURL* curl) {
  long error = 0;
  curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &error);
  return error == EHOSTUNREACH || error == ENETUNREACH;
}

Reply reply_of(CURL* curl, CURLcode code, const std::string& doing) {
  if (code == CURLE_OK) return {};
  const std::string text = doing + ": " + curl_easy_strerror(code);
  if (code == CURLE_OPERATION_TIMEDOUT) return timed_out(text);
  if (code == CURLE_COULDNT_CONNECT && heard_nothing(curl)) return timed_out(text);
  if (code == CURLE_OUT_OF_MEMORY || code == CURLE_FAILED_INIT) return unable(text);
  return can_open_descriptor() ? refused(text) : unable("no descriptor left: " + text);
}

}  // namespace

struct HttpClient::Handle {
  struct Cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  std::unique_ptr<CURL, Cleanup> curl;
};

HttpClient::HttpClient(const Directory& directory, std::string service)
    : route_(directory, std::move(service)) {
  start_library();
}

HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

void HttpClient::disconnect() {
  handle_.reset();
}

bool HttpClient::connected() const {
  return handle_ != nullptr;
}

bool HttpClient::led_astray() const {
  return connected() && !route_.leads_to(endpoint_);
}

HttpReply HttpClient::get(const std::string& path, Deadline deadline) {
  return run(path, nullptr, deadline);
}

HttpReply HttpClient::post(const std::string& path, Deadline deadline, const std::string& body) {
  return run(path, &body, deadline);
}

/// A POST where there is a body, be it an empty one.
HttpReply HttpClient::run(const std::string& path, const std::string* body, Deadline deadline) {
  if (!connected()) {
    const auto endpoint = route_.next();
    if (!endpoint) return {refused("Service " + route_.service() + " leads nowhere")};
    endpoint_ = *endpoint;
    handle_ = std::make_unique<Handle>();
    handle_->curl.reset(curl_easy_init());
  }
  CURL* curl = handle_->curl.get();
  if (curl == nullptr) {
    disconnect();
    return {unable("no memory for a request")};
  }
  HttpReply out;
  const std::string url = "http://" + text_of(endpoint_) + path;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(left, 1)));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out.body);
  if (body) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body->size()));
    curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, body->c_str());
  } else
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  const CURLcode code = curl_easy_perform(curl);
  static_cast<Reply&>(out) = reply_of(curl, code, url);
  if (!out.ok()) {
    disconnect();
    return out;
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  out.status = static_cast<int>(status);
  if (status < 200 || status > 299)
    static_cast<Reply&>(out) = refused(url + " answered " + std::to_string(status));
  return out;
}

}  // namespace drdrill::live
