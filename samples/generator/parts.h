// What the events of all channels share. Private to the sample world.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "generator/world.h"

namespace exhibit::samples {

inline constexpr const char* kDomainSid = "S-1-5-21-1604221776-3120446991-2051988341";

[[nodiscard]] std::uint64_t hash(std::string_view text);
[[nodiscard]] std::string hexadecimal(std::uint64_t value, int digits);
[[nodiscard]] std::uint32_t process_id(std::string_view image, std::int64_t time);
[[nodiscard]] std::string process_guid(const Host& host, std::string_view image, std::int64_t time);
[[nodiscard]] EvtxValue sid(std::string_view user);
[[nodiscard]] std::uint64_t logon_id(std::string_view user);
/// An event of a provider that has a manifest, as SYSTEM's service host writes it.
[[nodiscard]] EvtxEvent manifest_event(const Host& host, std::int64_t time, std::uint16_t id,
                                       const char* name, const char* guid, const char* channel,
                                       Data data);

}  // namespace exhibit::samples
