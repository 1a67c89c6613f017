#include <arpa/inet.h>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "sim/live/clients/lab_dns.hpp"
#include "sim/live/clients/name_users.hpp"

/// A lab's name server, what it says, and the clients that believe it for as long as they may.
using namespace drdrill;
using namespace drdrill::live;
using namespace std::chrono_literals;

namespace {

std::string folder_of_this_test() {
  static int number = 0;
  const std::string folder =
      "/tmp/drdrill-dns-" + std::to_string(getpid()) + "-" + std::to_string(++number);
  std::filesystem::create_directories(folder);
  return folder;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path + ".next") << text;
  std::filesystem::rename(path + ".next", path);
}

struct Zone {
  std::string folder = folder_of_this_test();
  LabDnsOptions options;
  Zone() {
    options.name = "api.gomeet.com";
    options.leads_to = "singapore.gomeet.com";
    options.ttl = 1s;
    options.zone = "zone";
    options.record = "record";
    options.token = "token";
    options.addresses_file = folder + "/addresses.json";
    write(
        options.addresses_file,
        R"({"singapore.gomeet.com": ["10.0.0.1"], "jakarta.gomeet.com": ["10.0.1.1", "10.0.1.2"]})");
  }
  ~Zone() { std::filesystem::remove_all(folder); }
};

/// A port of this machine that nobody has at the moment, for TCP and, most likely, for UDP.
std::uint16_t free_port() {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(descriptor, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  close(descriptor);
  return ntohs(address.sin_port);
}

constexpr const char* record_path = "/client/v4/zones/zone/dns_records/record";

DnsAnswer asked(const LabZone& zone, const std::string& name, std::uint16_t type = dns_address) {
  const auto query = dns_query({7, name, type});
  REQUIRE(query);
  const auto answer = read_dns_answer(zone.answer(*query));
  REQUIRE(answer);
  CHECK(answer->id == 7);
  return *answer;
}

std::string bytes_of(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

}  // namespace

TEST_CASE("a DNS question is written as RFC 1035 has it, and read back") {
  const auto query = dns_query({0x1234, "a.bc", dns_address});
  REQUIRE(query);
  CHECK(*query ==
        bytes_of({0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 2, 'b', 'c', 0, 0, 1, 0, 1}));
  const auto read = read_dns_query(*query);
  REQUIRE(read);
  CHECK(read->id == 0x1234);
  CHECK(read->name == "a.bc");
  CHECK(read->type == dns_address);
}

TEST_CASE("a name that no DNS message can carry is not asked for") {
  for (const std::string& name :
       {std::string(), std::string("."), std::string("a..b"), std::string("a."),
        std::string(64, 'a'), std::string(64, 'a') + ".com"})
    CHECK_FALSE(dns_query({1, name, dns_address}));
  std::string longest =
      std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c');
  CHECK(dns_query({1, longest + "." + std::string(61, 'd'), dns_address}));
  CHECK_FALSE(dns_query({1, longest + "." + std::string(62, 'd'), dns_address}));
}

TEST_CASE("an answer with compressed names, as other name servers write them, is understood") {
  // x.y is an alias of z.y, which is 1.2.3.4; names are pointers into the question.
  const std::string message =
      bytes_of({0,    9,   0x84, 0,   0, 1, 0, 2, 0, 0,  0, 0,                     // header
                1,    'x', 1,    'y', 0, 0, 1, 0, 1,                               // x.y A IN
                0xC0, 12,  0,    5,   0, 1, 0, 0, 0, 60, 0, 4, 1, 'z', 0xC0, 14,   // x.y CNAME z.y
                0xC0, 33,  0,    1,   0, 1, 0, 0, 0, 20, 0, 4, 1, 2,   3,    4});  // z.y A
  const auto answer = read_dns_answer(message);
  REQUIRE(answer);
  const DnsAddresses found = addresses_of(*answer, "x.y");
  CHECK(found.addresses == std::vector<std::string>{"1.2.3.4"});
  CHECK(found.ttl == 20s);
}

TEST_CASE("what is cut short, goes in circles or is noise is no DNS message, and harms nobody") {
  CHECK_FALSE(
      read_dns_answer(bytes_of({0, 9, 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1})));
  const Zone zone;
  const LabZone server(zone.options);
  const auto query = dns_query({7, "api.gomeet.com", dns_address});
  const std::string whole = server.answer(*query);
  for (std::size_t size = 0; size < query->size(); ++size)
    CHECK(server.answer(query->substr(0, size)).empty());
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(read_dns_answer(whole.substr(0, size)));
  std::minstd_rand random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string noise = round % 2 ? whole : *query;
    for (int changes = 0; changes < 4; ++changes)
      noise[random() % noise.size()] = static_cast<char>(random());
    server.answer(noise);
    if (const auto answer = read_dns_answer(noise)) addresses_of(*answer, "api.gomeet.com");
  }
}

TEST_CASE("the platform's name leads over the name of a region to its addresses") {
  const Zone zone;
  const LabZone server(zone.options);
  const DnsAnswer answer = asked(server, "API.GoMeet.com");
  CHECK(answer.code == DnsCode::ok);
  REQUIRE(answer.records.size() == 2);
  CHECK(answer.records.front().type == dns_alias);
  const DnsAddresses found = addresses_of(answer, "api.gomeet.com");
  CHECK(found.addresses == std::vector<std::string>{"10.0.0.1"});
  CHECK(found.ttl == 1s);
  CHECK(addresses_of(asked(server, "jakarta.gomeet.com"), "jakarta.gomeet.com").addresses.size() ==
        2);
}

TEST_CASE("a name of somebody else is refused, and a type that a name lacks is an empty answer") {
  const Zone zone;
  const LabZone server(zone.options);
  CHECK(asked(server, "example.com").code == DnsCode::refused);
  constexpr std::uint16_t ipv6_address = 28;
  const DnsAnswer none = asked(server, "singapore.gomeet.com", ipv6_address);
  CHECK(none.code == DnsCode::ok);
  CHECK(none.records.empty());
}

TEST_CASE("a region that has no address leads nowhere, whoever is sent there") {
  const Zone zone;
  write(zone.options.addresses_file, R"({"singapore.gomeet.com": [], "jakarta.gomeet.com": 3})");
  const LabZone server(zone.options);
  CHECK(addresses_of(asked(server, "api.gomeet.com"), "api.gomeet.com").addresses.empty());
  CHECK(asked(server, "jakarta.gomeet.com").code == DnsCode::refused);
}

TEST_CASE("the provider's call changes the record, with the right token, zone and record only") {
  const Zone zone;
  LabZone server(zone.options);
  const std::string body =
      R"({"type":"CNAME","name":"api.gomeet.com","content":"jakarta.gomeet.com","ttl":60})";
  const auto leads_to = [&] {
    return addresses_of(asked(server, "api.gomeet.com"), "api.gomeet.com");
  };
  CHECK(server.call("PUT", record_path, "Bearer other", body).status == 403);
  CHECK(
      server.call("PUT", "/client/v4/zones/zone/dns_records/other", "Bearer token", body).status ==
      404);
  CHECK(server.call("PUT", record_path, "Bearer token", "{").status == 400);
  CHECK(server.call("PUT", record_path, "Bearer token", R"({"content":"x","ttl":5})").status ==
        400);
  CHECK(server.call("PUT", record_path, "Bearer token", R"({"content":"x","ttl":"60"})").status ==
        400);
  CHECK(server.call("GET", record_path, "Bearer token", "").status == 200);
  CHECK(leads_to().addresses.front() == "10.0.0.1");
  CHECK(server.call("PUT", record_path, "Bearer token", body).status == 200);
  CHECK(leads_to().addresses.front() == "10.0.1.1");
  CHECK(leads_to().ttl == 60s);
  CHECK(server
            .call("PATCH", record_path, "Bearer token",
                  R"({"content":"singapore.gomeet.com","ttl":1})")
            .status == 200);
  CHECK(leads_to().ttl == 60s);  // automatic: as it was
}

TEST_CASE("what a name server is told is written down and read back, and every lack is said") {
  const Zone zone;
  const std::string path = zone.folder + "/options.json";
  write(path, to_json(zone.options));
  std::string why;
  const auto read = read_lab_dns_options(path, why);
  REQUIRE(read);
  CHECK(to_json(*read) == to_json(zone.options));
  for (const std::string& bad :
       {std::string("[]"), std::string("{}"), std::string("{\"port\": 70000}")}) {
    write(path, bad);
    why.clear();
    CHECK_FALSE(read_lab_dns_options(path, why));
    CHECK_FALSE(why.empty());
  }
  why.clear();
  CHECK_FALSE(read_lab_dns_options(zone.folder + "/none.json", why));
}

TEST_CASE("a client goes on to the old place until its answer expires, and to the new one then") {
  Zone zone;
  zone.options.address = "127.0.0.1";
  zone.options.port = free_port();
  zone.options.api_port = free_port();
  std::atomic<bool> stop{false};
  std::ostringstream err;
  std::thread serving([&] { serve_lab_dns(zone.options, err, [&] { return stop.load(); }); });
  {
    constexpr std::size_t clients = 20;
    NameUsers users({"127.0.0.1", zone.options.port}, zone.options.name, clients, 1);
    REQUIRE(err.str().empty());
    const auto at = [&](const std::string& address) {
      std::size_t count = 0;
      for (std::size_t i = 0; i < clients; ++i) count += users.address_for(i) == address ? 1 : 0;
      return count;
    };
    CHECK(at("10.0.0.1") == clients);
    write(zone.options.addresses_file, R"({"singapore.gomeet.com": ["10.0.0.2"]})");
    // Their answers are of different ages, so they come one after the other.
    bool some = false;
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (at("10.0.0.2") < clients && std::chrono::steady_clock::now() < until) {
      const std::size_t now = at("10.0.0.2");
      some = some || (now > 0 && now < clients);
      CHECK(at("10.0.0.1") + at("10.0.0.2") == clients);
      std::this_thread::sleep_for(5ms);
    }
    CHECK(at("10.0.0.2") == clients);
    CHECK(some);
    // A name that leads nowhere leads nobody anywhere, once what was known has expired.
    write(zone.options.addresses_file, R"({"singapore.gomeet.com": []})");
    while (at("") < clients && std::chrono::steady_clock::now() < until + 20s)
      std::this_thread::sleep_for(5ms);
    CHECK(at("") == clients);
  }
  stop = true;
  serving.join();
}
