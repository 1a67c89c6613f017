#include "sim/live/clients/lab_api.hpp"

#include <atomic>
#include <charconv>
#include <httplib.h>
#include <optional>
#include <thread>

#include "sim/live/clients/lab_api_stores.hpp"

namespace drdrill::live {
namespace {

constexpr int unavailable = 69;
constexpr std::uint64_t ledger_max = 10'000;

std::optional<std::uint64_t> number_in(const httplib::Request& request, const char* name) {
  const std::string text = request.get_param_value(name);
  std::uint64_t out = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return out;
}

void answer(httplib::Response& response, int status, const std::string& text) {
  response.status = status;
  response.set_content(text + "\n", "text/plain");
}

void answer(httplib::Response& response, const Reply& reply) {
  answer(response, reply.ok() ? 200 : 503, reply.ok() ? "ok" : reply.text);
}

void read_one(LabApiStores& stores, const httplib::Request& request, httplib::Response& response) {
  const auto number = number_in(request, "n");
  if (!number) return answer(response, 400, "n is no number");
  std::vector<std::uint64_t> present;
  const Reply reply = stores.read(*number, *number, present);
  if (reply.ok() && present.empty()) return answer(response, 404, "not there");
  answer(response, reply);
}

void read_many(LabApiStores& stores, const httplib::Request& request, httplib::Response& response) {
  const auto first = number_in(request, "first");
  const auto last = number_in(request, "last");
  if (!first || !last || *last < *first || *last - *first >= ledger_max)
    return answer(response, 400, "first and last are no range of at most 10,000 numbers");
  std::vector<std::uint64_t> present;
  const Reply reply = stores.read(*first, *last, present);
  if (!reply.ok()) return answer(response, reply);
  std::string text;
  for (const std::uint64_t number : present) text += std::to_string(number) + '\n';
  response.set_content(text, "text/plain");
}

void route(httplib::Server& server, LabApiStores& stores) {
  using httplib::Request;
  using httplib::Response;
  server.Get("/health", [](const Request&, Response& response) { answer(response, 200, "ok"); });
  server.Get("/metrics", [&stores](const Request&, Response& response) {
    answer(response, 200, "lab_api_writes_total " + std::to_string(stores.written()));
  });
  server.Get("/ready",
             [&stores](const Request&, Response& response) { answer(response, stores.ready()); });
  server.Post("/write", [&stores](const Request& request, Response& response) {
    const auto number = number_in(request, "n");
    if (!number) return answer(response, 400, "n is no number");
    answer(response, stores.write(*number));
  });
  server.Get("/read", [&stores](const Request& request, Response& response) {
    read_one(stores, request, response);
  });
  server.Get("/ledger", [&stores](const Request& request, Response& response) {
    read_many(stores, request, response);
  });
}

}  // namespace

int serve_lab_api(const LabApiOptions& options, std::ostream& err,
                  const std::function<bool()>& stop) {
  LabApiStores stores(options);
  httplib::Server server;
  server.new_task_queue = [&] { return new httplib::ThreadPool(options.threads); };
  server.set_tcp_nodelay(true);
  // The library would share the port with whoever has it already, and take some of its requests.
  server.set_socket_options([](socket_t descriptor) {
    const int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server.set_keep_alive_max_count(1'000'000);
  route(server, stores);
  if (!server.bind_to_port(options.address, options.port)) {
    err << "cannot listen on " << options.address << ':' << options.port << '\n';
    return unavailable;
  }
  if (!stop) return server.listen_after_bind() ? 0 : unavailable;
  std::atomic<bool> ended{false};
  // Again and again, because a server that does not run yet cannot be stopped.
  std::thread watcher([&] {
    while (!ended) {
      if (stop()) server.stop();
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  const bool served = server.listen_after_bind();
  const bool told = stop();
  ended = true;
  watcher.join();
  return served || told ? 0 : unavailable;
}

}  // namespace drdrill::live
