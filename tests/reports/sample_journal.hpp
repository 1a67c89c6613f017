#pragma once

#include "sim/drill/journal.hpp"
#include "sim/drill/verdict.hpp"

/// A made-up drill with every shape that a report meets: an objective absorbed, met late, missed,
/// not recovered, not exercised, not evaluated; data lost; steps that fail, retry, time out and are
/// skipped; hundreds of alike notes; output with bytes that no format may pass on; findings,
/// residue and things left worse. Judgements are made by hand, so that reports are tested apart
/// from the checkers.
namespace drdrill::test {

Journal sample_journal();
Judgement sample_judgement();

/// A drill that passed: one objective, absorbed, nothing to say.
Journal quiet_journal();
Judgement quiet_judgement();

}  // namespace drdrill::test
