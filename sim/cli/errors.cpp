#include "sim/cli/errors.hpp"

#include <exception>
#include <ostream>

#include "reports/words.hpp"
#include "sim/base/ensure.hpp"
#include "sim/base/problem.hpp"
#include "sim/cli/exit_code.hpp"
#include "sim/cli/messages.hpp"
#include "sim/cli/options.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::cli {
namespace {

/// The seed as it was given; run's default when it was not.
std::string seed_of(std::span<const std::string> arguments) {
  const std::string option = "--seed";
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i].starts_with(option + "=")) return arguments[i].substr(option.size() + 1);
    if (arguments[i] == option && i + 1 < arguments.size()) return arguments[i + 1];
  }
  return std::to_string(DrillOptions{}.seed) + " (the default)";
}

int report_bug(const std::string& what, std::span<const std::string> arguments, Context& context) {
  context.err << "drdrill: this is a bug of drdrill, not of your files; reports that were not "
                 "finished are not written.\n"
                 "Please send us these lines, and the files that the command names:\n"
              << "  what     " << what << "\n  version  drdrill " << drdrill_version()
              << "\n  command  drdrill";
  for (const std::string& argument : arguments) context.err << ' ' << reports::shell_word(argument);
  context.err << '\n';
  if (!arguments.empty() && (arguments.front() == "run" || arguments.front() == "validate"))
    context.err << "  seed     " << seed_of(arguments) << '\n';
  return exit_bug;
}

}  // namespace

int answered(std::span<const std::string> arguments, Context& context,
             const std::function<int()>& command) {
  try {
    return command();
  } catch (const UsageError& error) {
    context.err << "drdrill: " << error.message() << '\n';
    if (!arguments.empty()) context.err << "drdrill --help shows what there is\n";
    return exit_bad_input;
  } catch (const InputError& error) {
    return write_problems(error.problems(), context.err);
  } catch (const Bug& bug) {
    return report_bug(bug.what(), arguments, context);
  } catch (const std::exception& error) {
    return report_bug(error.what(), arguments, context);
  } catch (...) {
    return report_bug("something unknown was thrown", arguments, context);
  }
}

}  // namespace drdrill::cli
