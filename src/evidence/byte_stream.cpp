#include "evidence/byte_stream.h"

namespace exhibit::evidence {

ByteStream::~ByteStream() = default;

}  // namespace exhibit::evidence
