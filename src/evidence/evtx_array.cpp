#include "evidence/evtx_array.h"

namespace exhibit::evidence::evtx {

using event::ValueType;

std::uint32_t array_item_size(std::uint8_t type, std::uint32_t array_size) {
  switch (static_cast<ValueType>(type)) {
    case ValueType::int8:
    case ValueType::uint8:
      return 1;
    case ValueType::int16:
    case ValueType::uint16:
      return 2;
    case ValueType::int32:
    case ValueType::uint32:
    case ValueType::real32:
    case ValueType::boolean:
    case ValueType::hex32:
      return 4;
    case ValueType::int64:
    case ValueType::uint64:
    case ValueType::real64:
    case ValueType::filetime:
    case ValueType::hex64:
      return 8;
    case ValueType::size_type:  // as wide as the writer's pointers, which is not recorded
      return array_size % 8 == 0 ? 8 : 4;
    case ValueType::guid:
    case ValueType::systemtime:
      return 16;
    default:
      return 0;
  }
}

}  // namespace exhibit::evidence::evtx
