#include "sim/live/clients/lab_api.hpp"

#include <atomic>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>

#include "sim/live/clients/file_directory.hpp"
#include "sim/live/clients/ledger_writer.hpp"
#include "tests/live/servers.hpp"

using namespace std::chrono_literals;
using namespace drdrill;
using namespace drdrill::live;
using drdrill::test::soon;

TEST_CASE("a directory in a file leads where the file says, and nowhere when it says nothing") {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/services.json";
  const FileDirectory directory(path);
  CHECK(directory.endpoints("db").empty());
  std::ofstream(path) << R"({"db": [["127.0.0.1", 5432], ["127.0.0.2", 5433], "x"], "no": 1})";
  CHECK(directory.endpoints("db") ==
        std::vector<Endpoint>{{"127.0.0.1", 5432}, {"127.0.0.2", 5433}});
  CHECK(directory.endpoints("no").empty());
  CHECK(directory.endpoints("other").empty());
  std::ofstream(path) << "{";
  CHECK(directory.endpoints("db").empty());
}

TEST_CASE("the lab's API acknowledges what both stores have acknowledged") {
  for (const std::string& why : {test::Postgres::missing(), test::RedisCluster::missing()}) {
    if (why.empty()) continue;
    std::cout << "skipped: " << why << '\n';
    return;
  }
  test::Postgres postgres(4);
  test::RedisCluster redis;
  const test::TemporaryFolder folder;
  const auto write_services = [&](const std::string& database) {
    std::ofstream out(folder.path() + "/next.json");
    out << R"({"db": [[")" << database << R"(", 15432]], "redis": [)";
    for (const Endpoint& node : redis.endpoints())
      out << (node == redis.endpoints().front() ? "" : ",") << "[\"" << node.host << "\","
          << node.port << "]";
    out << "]}";
    out.close();
    std::rename((folder.path() + "/next.json").c_str(), (folder.path() + "/services.json").c_str());
  };
  write_services(postgres.endpoint().host);

  LabApiOptions options;
  options.address = test::loopback(5);
  options.port = 18080;
  options.services_file = folder.path() + "/services.json";
  options.database = {"db", "a", "postgres"};
  options.pool = 2;
  options.timeout = 1s;
  std::atomic<bool> stop{false};
  std::ostringstream err;
  int status = -1;
  std::thread serving([&] { status = serve_lab_api(options, err, [&] { return stop.load(); }); });
  const auto end_serving = [&](void*) {
    stop = true;
    if (serving.joinable()) serving.join();
  };
  const std::unique_ptr<void, decltype(end_serving)> at_the_end(&stop, end_serving);
  test::Services services;
  services.set("api", {{options.address, options.port}});
  HttpClient client(services, "api");
  const auto get = [&](const std::string& path) { return client.get(path, Clock::now() + 3s); };
  const auto post = [&](const std::string& path) { return client.post(path, Clock::now() + 3s); };
  REQUIRE(soon([&] { return get("/ready").ok(); }));

  CHECK(post("/write?n=7").status == 200);
  CHECK(post("/write?n=7").status == 200);
  CHECK(get("/read?n=7").status == 200);
  CHECK(get("/read?n=8").status == 404);
  CHECK(post("/write?n=seven").status == 400);
  CHECK(get("/ledger?first=1&last=100000").status == 400);
  CHECK(get("/ledger?first=1&last=100").body == "7\n");

  LedgerPlan plan;
  plan.component = ComponentId::api;
  plan.name = "api";
  plan.store = [&] { return api_ledger(services, "api"); };
  plan.rate = 200;
  plan.lanes = 4;  // more than the pool has
  plan.first_number = 1000;
  LedgerWriter writer(plan, Clock::now());
  writer.start();
  REQUIRE(soon([&] { return writer.counts().acknowledged >= 100; }));
  writer.stop();
  CHECK(writer.counts().failed_attempts == 0);
  SqlClient other(services, {"db", "a", "postgres"});
  services.set("db", {postgres.endpoint()});
  REQUIRE(other.run("DELETE FROM api_ledger WHERE n BETWEEN 1010 AND 1019", {}, Clock::now() + 3s)
              .ok());
  const VerifiedStream verified = writer.verify(Clock::now() + 10s);
  REQUIRE(verified.evaluated);
  CHECK(verified.lost == 10);
  CHECK(verified.kept == writer.counts().acknowledged - 10);

  postgres.kill();
  CHECK(post("/write?n=8").status == 503);
  CHECK(get("/ready").status == 503);
  CHECK(get("/health").status == 200);
  // It connects where the file leads when it connects.
  postgres.start();
  CHECK(soon([&] { return post("/write?n=8").ok(); }));
  write_services("127.0.0.1");
  CHECK(post("/write?n=9").ok());
  postgres.kill();
  postgres.start();
  CHECK(post("/write?n=10").status == 503);

  std::ostringstream taken;
  CHECK(serve_lab_api(options, taken, [] { return true; }) == 69);
  CHECK(taken.str().find("cannot listen") == 0);
  end_serving(nullptr);
  CHECK(status == 0);
}
