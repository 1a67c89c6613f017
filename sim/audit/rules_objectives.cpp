#include <algorithm>
#include <array>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"

/// What was promised, against what there is.
namespace drdrill::audit {
void check_procedures_exist(Look& look) {
  constexpr std::array<std::pair<ComponentId, std::array<std::string_view, 4>>, 6> names{{
      {ComponentId::livekit_sfu, {{"livekit", "sfu", "media", "livekit"}}},
      {ComponentId::api, {{"api", "service", "backend", "application"}}},
      {ComponentId::postgres, {{"postgres", "database", "pitr", "point-in-time"}}},
      {ComponentId::redis, {{"redis", "cache", "master node", "redis"}}},
      {ComponentId::load_balancer, {{"load balancer", "load-balancer", "ingress", "traefik"}}},
      {ComponentId::monitoring, {{"monitoring recovery", "prometheus", "grafana", "alertmanager"}}},
  }};
  const bool any =
      std::any_of(look.procedures.begin(), look.procedures.end(),
                  [](const Followed& f) { return f.purpose == Followed::Purpose::recovery; });
  // One drill, or one runbook, is not all that there is.
  if (!any || look.input.scenario) return;
  std::vector<const Objective*> without;
  std::size_t with = 0;
  for (const Objective& objective : look.objectives)
    for (const auto& [component, words] : names) {
      if (component != objective.component || !objective.rto) continue;
      const bool covered = std::any_of(
          look.procedures.begin(), look.procedures.end(), [&words = words](const Followed& f) {
            return f.purpose == Followed::Purpose::recovery &&
                   std::any_of(words.begin(), words.end(),
                               [&](std::string_view word) { return contains(f.about, word); });
          });
      if (covered)
        ++with;
      else
        without.push_back(&objective);
    }
  // Texts that cover none of them are about something else.
  for (const Objective* objective : without)
    if (with > 0)
      look.report(objective->place,
                  "no procedure says how " + std::string(name_of(objective->component)) +
                      " is brought back",
                  objective_words(*objective, false));
}

void check_objective_order(Look& look) {
  if (!look.input.platform) return;
  for (const DependencySpec& dependency : look.input.platform->dependencies) {
    const Objective* from = look.objective_of(dependency.from);
    const Objective* on = look.objective_of(dependency.on);
    if (!from || !on || from == on) continue;
    if (from->rto && on->rto && *from->rto < *on->rto)
      look.report(from->place,
                  std::string(name_of(from->component)) + " is to be back within " +
                      format_duration(*from->rto) + ", but needs " +
                      std::string(name_of(on->component)) + ", which may take " +
                      format_duration(*on->rto),
                  objective_words(*from, false));
    if (from->rpo && on->rpo && *from->rpo < *on->rpo && dependency.on == ComponentId::postgres)
      look.report(from->place,
                  std::string(name_of(from->component)) + " may lose " +
                      format_duration(*from->rpo) + ", but what it writes is kept in " +
                      std::string(name_of(on->component)) + ", which may lose " +
                      format_duration(*on->rpo),
                  objective_words(*from, true));
  }
}

}  // namespace drdrill::audit
