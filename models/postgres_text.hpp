#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/kube/pod_spec.hpp"

/// What stands in PostgreSQL's settings.
namespace drdrill::models {

/// The value of the last "KEY = 'VALUE'" or "KEY = VALUE" in a configuration; empty: none.
std::string setting_in(std::string_view text, std::string_view key);
/// NAME in "… host=NAME port=…"; empty: none.
std::string host_in(std::string_view conninfo);

/// Where the image keeps WAL: POSTGRES_INITDB_WALDIR, CloudNativePG's volume for it, or with the
/// data.
std::string wal_folder(const kube::PodTemplate& pod);

/// "16/B374D848": the two halves of a position in the WAL, in bytes.
std::string lsn_text(double bytes);
/// The bytes up to the position that such a text names; nothing: it names none.
std::optional<double> position_in(const std::string& text);

}  // namespace drdrill::models
