#include "evidence/evtx_slot.h"

namespace exhibit::evidence::evtx {

using event::ValueType;

event::Value Slot::value() const {
  const ValueType shown = is_plain() ? static_cast<ValueType>(type) : ValueType::binary;
  return {data, text_size(data, size, shown), shown};
}

std::uint32_t array_item_size(ValueType type, std::uint32_t array_size) {
  switch (type) {
    case ValueType::boolean:
      return 4;
    case ValueType::size_type:  // as wide as the writer's pointers, which is not recorded
      return array_size % 8 == 0 ? 8 : 4;
    default:
      return event::fixed_size(type);
  }
}

}  // namespace exhibit::evidence::evtx
