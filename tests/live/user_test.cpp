#include "sim/live/user.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

namespace drdrill::live {

TEST_CASE("users that several threads ask for are those that each asked for") {
  const std::vector<std::string> names{"root", "daemon", "nobody", "bin"};
  std::vector<UserIds> known;
  for (const std::string& name : names) known.push_back(find_user(name).value());
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < names.size(); ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 2000; ++round) {
        const auto found = find_user(names[i]);
        wrong += !found || found->user != known[i].user || found->group != known[i].group ? 1 : 0;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a user that the machine does not have is nobody") {
  CHECK_FALSE(find_user("drdrill-has-no-such-user"));
}

}  // namespace drdrill::live
