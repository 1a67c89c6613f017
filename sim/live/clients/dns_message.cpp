#include "sim/live/clients/dns_message.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>

namespace drdrill::live {
namespace {

constexpr std::size_t label_max = 63;
constexpr std::size_t name_max = 253;
constexpr std::size_t message_max = 512;  // over UDP, without extensions
constexpr std::size_t header_size = 12;
constexpr std::uint16_t internet = 1;  // the class IN
constexpr std::uint16_t is_answer = 0x8000;
constexpr std::uint16_t operation = 0x7800;
constexpr std::uint16_t is_authority = 0x0400;
constexpr std::uint16_t is_cut_short = 0x0200;
constexpr std::uint16_t recursion_wanted = 0x0100;
constexpr unsigned pointer = 0xC0;
// A name that follows so many pointers goes round in circles.
constexpr int pointers_max = 16;

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
}

bool put_name(std::string& out, std::string_view name) {
  if (name.empty() || name.size() > name_max) return false;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('.'), name.size());
    if (end == 0 || end > label_max) return false;
    out += static_cast<char>(end);
    out += name.substr(0, end);
    if (end + 1 == name.size()) return false;  // ends with a dot
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  out += '\0';
  return true;
}

/// Reads within bounds; a reader that was asked for too much has failed for good.
class Bytes {
 public:
  explicit Bytes(std::string_view all) : all_(all) {}

  std::uint32_t number(std::size_t bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | next();
    return value;
  }

  std::string name() {
    std::string out;
    std::size_t at = at_;
    bool jumped = false;
    for (int pointers = 0; ok_;) {
      const unsigned length = byte(at++);
      if ((length & pointer) == pointer) {
        const std::size_t to = (length & 0x3FU) << 8U | byte(at++);
        if (!jumped) at_ = at;
        jumped = true;
        at = to;
        if (++pointers > pointers_max) ok_ = false;
        continue;
      }
      if (length > label_max) ok_ = false;
      if (!ok_ || length == 0) break;
      if (!out.empty()) out += '.';
      for (unsigned i = 0; i < length; ++i)
        out += static_cast<char>(std::tolower(static_cast<int>(byte(at++))));
      if (out.size() > name_max) ok_ = false;
    }
    if (!jumped) at_ = at;
    return out;
  }

  void skip(std::size_t bytes) { at_ += bytes; }
  std::size_t at() const { return at_; }
  bool ok() const { return ok_ && at_ <= all_.size(); }

 private:
  unsigned byte(std::size_t at) {
    if (at < all_.size()) return static_cast<unsigned char>(all_[at]);
    ok_ = false;
    return 0;
  }
  unsigned next() { return byte(at_++); }

  std::string_view all_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

bool put_record(std::string& out, const DnsRecord& record) {
  std::string value;
  in_addr address{};
  if (record.type == dns_address && inet_pton(AF_INET, record.value.c_str(), &address) == 1)
    value.assign(reinterpret_cast<const char*>(&address), sizeof address);
  else if (record.type != dns_alias || !put_name(value, record.value))
    return false;
  if (!put_name(out, record.name)) return false;
  put(out, record.type, 2);
  put(out, internet, 2);
  put(out, static_cast<std::uint64_t>(record.ttl.count()), 4);
  put(out, value.size(), 2);
  out += value;
  return true;
}

std::optional<DnsRecord> read_record(Bytes& bytes) {
  DnsRecord record;
  record.name = bytes.name();
  record.type = static_cast<std::uint16_t>(bytes.number(2));
  const std::uint32_t of_class = bytes.number(2);
  // A time with the highest bit set is none (RFC 2181, 8).
  const std::uint32_t ttl = bytes.number(4);
  record.ttl = std::chrono::seconds(ttl > 0x7FFFFFFFU ? 0 : ttl);
  const std::size_t size = bytes.number(2);
  const std::size_t end = bytes.at() + size;
  bool known = of_class == internet;
  if (record.type == dns_address && size == 4) {
    for (int i = 0; i < 4; ++i)
      record.value += (i == 0 ? "" : ".") + std::to_string(bytes.number(1));
  } else if (record.type == dns_alias) {
    record.value = bytes.name();
    known = known && bytes.at() == end;
  } else {
    known = false;
  }
  bytes.skip(end - bytes.at());
  if (!known) return std::nullopt;
  return record;
}

}  // namespace

std::optional<std::string> dns_query(const DnsQuestion& question) {
  std::string out;
  put(out, question.id, 2);
  put(out, recursion_wanted, 2);
  put(out, 1, 2);
  put(out, 0, 6);
  if (!put_name(out, question.name)) return std::nullopt;
  put(out, question.type, 2);
  put(out, internet, 2);
  return out;
}

std::optional<DnsQuestion> read_dns_query(std::string_view message) {
  Bytes bytes(message);
  DnsQuestion question;
  question.id = static_cast<std::uint16_t>(bytes.number(2));
  const std::uint32_t flags = bytes.number(2);
  const std::uint32_t questions = bytes.number(2);
  bytes.skip(6);
  question.name = bytes.name();
  question.type = static_cast<std::uint16_t>(bytes.number(2));
  const bool of_internet = bytes.number(2) == internet;
  if (!bytes.ok() || (flags & (is_answer | operation)) != 0 || questions != 1 || !of_internet ||
      question.name.empty())
    return std::nullopt;
  return question;
}

std::string dns_answer(const DnsQuestion& question, DnsCode code,
                       const std::vector<DnsRecord>& records) {
  std::string body;
  if (!put_name(body, question.name)) return {};
  put(body, question.type, 2);
  put(body, internet, 2);
  std::uint16_t count = 0;
  bool cut_short = false;
  for (const DnsRecord& record : records) {
    std::string one;
    if (!put_record(one, record)) continue;
    cut_short = cut_short || header_size + body.size() + one.size() > message_max;
    if (cut_short) break;
    body += one;
    ++count;
  }
  std::string out;
  put(out, question.id, 2);
  put(out,
      static_cast<unsigned>(is_answer) | is_authority | (cut_short ? is_cut_short : 0U) |
          recursion_wanted | static_cast<unsigned>(code),
      2);
  put(out, 1, 2);
  put(out, count, 2);
  put(out, 0, 4);
  return out + body;
}

std::optional<DnsAnswer> read_dns_answer(std::string_view message) {
  Bytes bytes(message);
  DnsAnswer answer;
  answer.id = static_cast<std::uint16_t>(bytes.number(2));
  const std::uint32_t flags = bytes.number(2);
  const std::uint32_t questions = bytes.number(2);
  const std::uint32_t records = bytes.number(2);
  bytes.skip(4);
  if (!bytes.ok() || (flags & is_answer) == 0) return std::nullopt;
  answer.code = static_cast<DnsCode>(flags & 0xFU);
  for (std::uint32_t i = 0; i < questions && bytes.ok(); ++i) {
    bytes.name();
    bytes.skip(4);
  }
  for (std::uint32_t i = 0; i < records && bytes.ok(); ++i)
    if (auto record = read_record(bytes); record && bytes.ok()) answer.records.push_back(*record);
  if (!bytes.ok()) return std::nullopt;
  return answer;
}

DnsAddresses addresses_of(const DnsAnswer& answer, std::string_view name) {
  DnsAddresses out{{}, std::chrono::seconds::max()};
  std::string wanted(name);
  // An alias can lead on as often as there are records.
  for (std::size_t i = 0; i < answer.records.size(); ++i)
    for (const DnsRecord& record : answer.records)
      if (record.type == dns_alias && record.name == wanted) {
        wanted = record.value;
        out.ttl = std::min(out.ttl, record.ttl);
        break;
      }
  for (const DnsRecord& record : answer.records)
    if (record.type == dns_address && record.name == wanted) {
      out.addresses.push_back(record.value);
      out.ttl = std::min(out.ttl, record.ttl);
    }
  if (out.addresses.empty()) return {};
  return out;
}

}  // namespace drdrill::live
