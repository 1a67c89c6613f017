#pragma once

#include <span>

#include "models/redis_writes.hpp"
#include "sim/drill/ledger.hpp"

/// Records that were acknowledged through the API, where each of them is in two stores.
namespace drdrill::models {

/// Loses of the API's records, which `api` has by what became of their rows, also those whose keys
/// are gone: of what was acknowledged at any time the share that Redis lost of its writes then.
void lose_with_keys(LedgerStream& api, std::span<const SlotWrites::Stretch> keys);

}  // namespace drdrill::models
