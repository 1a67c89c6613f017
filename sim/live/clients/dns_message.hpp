#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Messages of the domain name system (RFC 1035), as far as a name that leads to a few IPv4
/// addresses needs them: one question, A and CNAME records, over UDP.
namespace drdrill::live {

struct DnsQuestion {
  std::uint16_t id = 0;
  std::string name;  ///< in small letters, without the last dot
  std::uint16_t type = 1;
};
inline constexpr std::uint16_t dns_address = 1;  ///< the type A
inline constexpr std::uint16_t dns_alias = 5;    ///< the type CNAME

struct DnsRecord {
  std::string name;
  std::uint16_t type = dns_address;
  std::string value;  ///< an IPv4 address in dotted form, or a name
  std::chrono::seconds ttl{};
};

/// RFC 1035, 4.1.1.
enum class DnsCode : std::uint8_t {
  ok = 0,
  malformed = 1,
  no_such_name = 3,
  not_implemented = 4,
  refused = 5
};

struct DnsAnswer {
  std::uint16_t id = 0;
  DnsCode code = DnsCode::ok;
  std::vector<DnsRecord> records;
};

/// Nothing for a name that no message can carry: a label is 1 to 63 bytes, a name 253 at most.
std::optional<std::string> dns_query(const DnsQuestion& question);
/// Nothing when it is no query with one question of class IN.
std::optional<DnsQuestion> read_dns_query(std::string_view message);
/// Records of other types, values that are no address, and what a message of 512 bytes does not
/// hold are left out; then the answer says that it is cut short.
std::string dns_answer(const DnsQuestion& question, DnsCode code,
                       const std::vector<DnsRecord>& records);
/// Nothing when it is no answer. Records of other types are left out.
std::optional<DnsAnswer> read_dns_answer(std::string_view message);

/// The addresses that a name leads to, over its aliases, and for how long that may be remembered:
/// the shortest time of all records on the way. No addresses: it leads nowhere.
struct DnsAddresses {
  std::vector<std::string> addresses;
  std::chrono::seconds ttl{};
};
DnsAddresses addresses_of(const DnsAnswer& answer, std::string_view name);

}  // namespace drdrill::live
