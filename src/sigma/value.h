// What a rule's numbers, times and networks ask of one value of an event. Both engines use these,
// so that a verdict does not depend on the engine.
//
// A null value satisfies none of them.
#pragma once

#include <optional>

#include "exhibit/event.h"
#include "exhibit/sigma.h"

namespace exhibit::sigma {

/// The number that `value` is: an integer, a floating-point number, or text whose whole is a
/// decimal number. Not a number, infinity and hexadecimal text: nullopt.
[[nodiscard]] std::optional<double> numeric(const event::Value& value);

/// Op::number: the value's text is the rule's (without case), or the value is that number. Integers
/// are compared as integers, so that 2^53 + 1 is not 2^53.
[[nodiscard]] bool number_equals(const Predicate& predicate, const event::Value& value);

/// Op::less … greater_equal.
[[nodiscard]] bool compares(const Predicate& predicate, const event::Value& value);

/// Op::time_part, in UTC.
[[nodiscard]] bool time_part_equals(const Predicate& predicate, const event::Value& value);

}  // namespace exhibit::sigma
