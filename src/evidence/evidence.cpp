#include "exhibit/evidence.h"

namespace exhibit::evidence {

Source::~Source() = default;
Parser::~Parser() = default;

}  // namespace exhibit::evidence
