#pragma once

#include <string>
#include <string_view>

#include "sim/base/reader.hpp"
#include "sim/drill/platform.hpp"

/// Where that what a platform file says was said first: an importer writes `origin`, and places
/// lead there. Internal to the loaders and importers.
namespace drdrill {

/// "k8s/db.yaml:42"; no file when it is not of that form.
SourcePlace parse_place(std::string_view text);
std::string place_text(const SourcePlace& place);

/// What the optional member `origin` ("k8s/db.yaml:42") says, else the line of the value.
SourcePlace origin_of(Reader& reader);

/// The lines of a tree, depth first, each as the difference from the one before: "0 1 0 2x3" (x3:
/// three times). A member's line is that of its key. The first line is that of the root itself.
std::string encode_lines(const Value& root);
/// Gives the tree these lines. With the wrong number of them, all of it gets the first line.
void apply_lines(Value& root, int first, std::string_view lines);

/// Timers of workloads and alerts that bear an origin, as parameters of their own, so that reports
/// can name the line that set them: "gomeet/postgres-primary.readiness" (also liveness, grace),
/// "alert/PostgresDown", in seconds.
void add_timers(PlatformSpec& platform);

}  // namespace drdrill
