#include "sim/live/clients/ledger_stores.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/base/ensure.hpp"

namespace drdrill::live {
namespace {

constexpr std::string_view undefined_table = "42P01";

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

bool is_plain_word(const std::string& word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

class SqlLedger final : public LedgerStore {
 public:
  SqlLedger(const Directory& directory, SqlTarget target, const std::string& table)
      : client_(directory, std::move(target)),
        create_("CREATE TABLE IF NOT EXISTS " + table +
                "(n bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())"),
        insert_("INSERT INTO " + table + "(n) VALUES ($1) ON CONFLICT DO NOTHING"),
        select_("SELECT n FROM " + table + " WHERE n BETWEEN $1 AND $2 ORDER BY n") {
    ENSURE(is_plain_word(table), table);
  }

  Reply write(std::uint64_t number, Deadline deadline) override {
    // With every connection, because a restore may have brought back a time without the table.
    if (!client_.connected())
      if (const SqlReply made = client_.run(create_, {}, deadline); !made.ok()) return made.plain();
    return client_.run(insert_, {std::to_string(number)}, deadline).plain();
  }

  Reply read(std::uint64_t first, std::uint64_t last, std::vector<std::uint64_t>& present,
             Deadline deadline) override {
    const SqlReply reply =
        client_.run(select_, {std::to_string(first), std::to_string(last)}, deadline);
    if (reply.state == undefined_table) return {};
    if (!reply.ok()) return reply.plain();
    for (const std::string& value : reply.values)
      if (const auto number = number_of(value)) present.push_back(*number);
    return {};
  }

  void disconnect() override { client_.disconnect(); }

 private:
  SqlClient client_;
  std::string create_;
  std::string insert_;
  std::string select_;
};

class RedisLedger final : public LedgerStore {
 public:
  RedisLedger(const Directory& directory, std::string service, SlotRange range, std::string prefix)
      : client_(directory, std::move(service)), prefix_(std::move(prefix)) {
    const unsigned length = range.last - range.first + 1U;
    const unsigned parts = std::min<unsigned>(16, length);
    for (unsigned part = 0; part < parts; ++part)
      tags_.push_back(tag_in(part_of(range, part, parts)));
  }

  Reply write(std::uint64_t number, Deadline deadline) override {
    const std::string key = key_of(number);
    // With NX a repetition answers nil: the record is there already.
    return client_.run({"SET", key, std::to_string(number), "NX"}, key, deadline).plain();
  }

  Reply read(std::uint64_t first, std::uint64_t last, std::vector<std::uint64_t>& present,
             Deadline deadline) override {
    std::vector<std::string> keys;
    for (std::uint64_t number = first; number <= last; ++number) keys.push_back(key_of(number));
    std::vector<std::optional<std::string>> values;
    if (Reply reply = client_.get(keys, values, deadline); !reply.ok()) return reply;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i] && number_of(*values[i]) == first + i) present.push_back(first + i);
    return {};
  }

  void disconnect() override { client_.disconnect(); }

 private:
  std::string key_of(std::uint64_t number) const {
    return prefix_ + ":{" + tags_[number % tags_.size()] + "}:" + std::to_string(number);
  }

  RedisClient client_;
  std::string prefix_;
  std::vector<std::string> tags_;
};

class ApiLedger final : public LedgerStore {
 public:
  ApiLedger(const Directory& directory, std::string service)
      : client_(directory, std::move(service)) {}

  Reply write(std::uint64_t number, Deadline deadline) override {
    return client_.post("/write?n=" + std::to_string(number), deadline).plain();
  }

  Reply read(std::uint64_t first, std::uint64_t last, std::vector<std::uint64_t>& present,
             Deadline deadline) override {
    const HttpReply reply = client_.get(
        "/ledger?first=" + std::to_string(first) + "&last=" + std::to_string(last), deadline);
    if (!reply.ok()) return reply.plain();
    std::vector<std::uint64_t> found;
    std::string_view rest = reply.body;
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      const auto number = number_of(rest.substr(0, end));
      if (end == std::string_view::npos || !number) return refused("a ledger that is cut short");
      found.push_back(*number);
      rest.remove_prefix(end + 1);
    }
    present.insert(present.end(), found.begin(), found.end());
    return {};
  }

  void disconnect() override { client_.disconnect(); }

 private:
  HttpClient client_;
};

}  // namespace

std::unique_ptr<LedgerStore> sql_ledger(const Directory& directory, SqlTarget target,
                                        const std::string& table) {
  return std::make_unique<SqlLedger>(directory, std::move(target), table);
}

std::unique_ptr<LedgerStore> redis_ledger(const Directory& directory, std::string service,
                                          SlotRange range, std::string prefix) {
  return std::make_unique<RedisLedger>(directory, std::move(service), range, std::move(prefix));
}

std::unique_ptr<LedgerStore> api_ledger(const Directory& directory, std::string service) {
  return std::make_unique<ApiLedger>(directory, std::move(service));
}

}  // namespace drdrill::live
