// rules test: the tests that come with rules.
#include "cli/commands.h"

namespace exhibit::cli {

int run_rules_test(const Arguments&, const Console&) { return exit_internal; }

}  // namespace exhibit::cli
