#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "models/commands_running.hpp"
#include "models/redis_cli.hpp"
#include "models/redis_slots.hpp"

/// Private to redis_manager.cpp and redis_reshard.cpp.
namespace drdrill::models {

inline shell::Result says(std::string text, int status = 0) {
  return {status, std::move(text) + "\n", "", true};
}

/// A cluster manager at work: who was asked for, and all whom the first of them knows.
struct RedisTask {
  Commands& commands;
  Commands::Running& running;
  const RedisCall& call;
  Redis& redis;
  PodRef from = no_pod;
  std::vector<PodRef> named{};  // in the order of the command line

  PodRef seed() const { return named.front(); }
  std::vector<PodRef> members() const {
    std::vector<PodRef> out{seed()};
    for (const PodRef pod : redis.known(seed()))
      if (pod != no_pod && pod != seed() && redis.answers(pod)) out.push_back(pod);
    return out;
  }
  std::vector<Redis::Figures> masters() const {
    std::vector<Redis::Figures> out;
    for (const PodRef pod : members())
      if (const Redis::Figures figures = redis.figures(seed(), pod); figures.master)
        out.push_back(figures);
    return out;
  }
  bool covered() const { return redis.slots_covered(seed()) == all_slots; }
  bool is_sound() const { return covered() && redis.agrees(seed()) && open_slots().empty(); }
  /// What open slots there are, in order, and who has which of them open.
  struct Open {
    int slot = 0;
    std::vector<PodRef> migrating{}, importing{};
  };
  std::vector<Open> open_slots() const;
  bool close_slot(const Open& open, std::string& text);
  void changes() {
    running.changed = true;
    running.touched.add(ComponentId::redis);
  }
  void meet(PodRef with, PodRef whom) {
    const std::vector<std::string> words{"cluster", "meet", redis.ip_of(whom),
                                         std::to_string(redis.port_of(whom))};
    redis.call(with, words);
  }

  shell::Result check();
  shell::Result info();
  shell::Result fix();
  shell::Result create();
  shell::Result add_node();
  shell::Result del_node();
  shell::Result reshard();
  shell::Result rebalance();
  shell::Result call_all();
  shell::Result set_timeout();
  std::string health() const;

  Duration takes{};
};

}  // namespace drdrill::models
