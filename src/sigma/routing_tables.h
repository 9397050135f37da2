// The two halves of the compiled-in routing table: what categories and what services lead to. A
// test holds that the whole reaches every channel that SigmaHQ's own reaches.
#pragma once

#include <string_view>

namespace exhibit::sigma {

[[nodiscard]] std::string_view routing_categories();  // begins the table
[[nodiscard]] std::string_view routing_services();    // goes on with it

}  // namespace exhibit::sigma
