#include "sim/study/closed_forms.hpp"

#include <array>
#include <cmath>

namespace drdrill::study {
namespace {

constexpr std::array<ClosedFormCase, 20> cases{{
    {"M/M/1, load 0.8", "queueing theory: M/M/1", play_mm1},
    {"M/M/3, offered load 2", "Erlang C", play_mm3},
    {"M/M/10, offered load 8", "Erlang C", play_mm10},
    {"M/M/c/c", "Erlang B", play_erlang_b},
    {"M/G/1, load 0.5", "Pollaczek and Khinchine", play_mg1},
    {"MTBF 1,000 h, MTTR 4 h", "two-state Markov availability", play_two_states},
    {"2 of 3, one crew", "birth-death process", play_two_of_three},
    {"2 of 3, three crews", "3 q^2 - 2 q^3 with q = 4/1004", play_two_of_three_three_crews},
    {"4 of 6, two crews", "birth-death process", play_four_of_six},
    {"Exp(40) + Exp(300) + Exp(10) s", "hypoexponential distribution", play_three_stages},
    {"Exp(5) + Exp(10) s", "hypoexponential distribution", play_two_stages},
    {"Erlang-3, mean 30 s", "Erlang distribution", play_erlang},
    {"latest of parallel Exp(10 s)", "order statistics", play_latest},
    {"PERT, path A-C-E-G-H", "Heizer and Render, General Foundry; normal approximation", play_pert},
    {"U(20, 30) + U(0, 10) s", "triangular distribution", play_triangular},
    {"lognormal, median 10, sigma 1", "lognormal distribution", play_lognormal},
    {"Weibull, shape 0.8, scale 1,000", "Weibull distribution", play_weibull},
    {"VRRP, last advertisement to take-over", "RFC 5798, section 6.1", play_vrrp},
    {"TCP, a peer that is silent", "Linux ip-sysctl: tcp_retries2, tcp_syn_retries", play_tcp},
    {"LiveKit client, ten waits", "client-sdk-js DefaultReconnectPolicy.ts", play_livekit},
}};

/// The exact values are written down with six digits or more.
constexpr double digits = 1e-6;

}  // namespace

bool ClosedForm::holds() const {
  const double off = std::abs(simulated.mean - exact);
  if (off > simulated.half_width && off > digits * exact) return false;
  return simulated.half_width <= precision * exact;
}

std::span<const ClosedFormCase> closed_form_cases() {
  return cases;
}

}  // namespace drdrill::study
