#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/clients/directory.hpp"
#include "sim/live/clients/dns_message.hpp"

/// The name server of a lab and its provider's API, a process of their own: the platform's name is
/// an alias of the name of one of its regions; the call that changes it is Cloudflare's (DNS
/// records). Nothing is passed on to other name servers: what is not of the platform is refused.
namespace drdrill::live {

struct LabDnsOptions {
  std::string address = "127.0.0.1";  ///< the only one that it listens on
  std::uint16_t port = 53;            ///< UDP
  std::uint16_t api_port = 80;        ///< HTTP
  std::string name;                   ///< "api.gomeet.com"
  std::string leads_to;               ///< at the start: "singapore.gomeet.com"
  std::chrono::seconds ttl{60};
  std::string zone, record, token;  ///< how the provider's API knows us
  std::string addresses_file;       ///< {"singapore.gomeet.com": ["10.213.0.12"], …}
};

/// From a file of JSON with these members. Nothing, with the reason in `why`, when it is not one.
std::optional<LabDnsOptions> read_lab_dns_options(const std::string& path, std::string& why);
std::string to_json(const LabDnsOptions& options);

/// What it answers, without the network. One thread at a time.
class LabZone {
 public:
  explicit LabZone(LabDnsOptions options);

  /// Empty: no answer is due.
  std::string answer(std::string_view query) const;

  struct Changed {
    int status = 200;
    std::string body;
  };
  /// A call of the provider's API: `authorization` is the header of that name.
  Changed call(std::string_view method, std::string_view path, std::string_view authorization,
               std::string_view body);

 private:
  std::vector<DnsRecord> records_of(const std::string& name) const;
  std::optional<std::vector<std::string>> addresses_at(const std::string& name) const;

  LabDnsOptions options_;
};

/// Serves until `stop` says so, or for good. An exit code.
int serve_lab_dns(const LabDnsOptions& options, std::ostream& err,
                  const std::function<bool()>& stop = {});

/// What a name server says of a name, before the deadline. Nothing when it says nothing, or that
/// there is no such name.
std::optional<DnsAddresses> ask_name_server(const Endpoint& server, const std::string& name,
                                            std::chrono::steady_clock::time_point deadline);

}  // namespace drdrill::live
