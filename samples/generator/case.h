// The sample case: what every machine logged in the three weeks, and the files it is kept in.
#pragma once

#include <string>
#include <vector>

#include "generator/world.h"

namespace exhibit::samples {

using Events = std::vector<EvtxEvent>;

/// Three weeks of an office and its servers going about their business.
void add_noise(Events& events);
/// What the intruders did, told in samples/README.md.
void add_intrusion(Events& events);

struct SampleFile {
  std::string path;  // relative to samples/
  std::string bytes;
  std::vector<std::string>
      json;  // of an EVTX file with templates: its records as evtx_dump prints them
};
/// The EVTX files of each machine and the same events as JSON lines, in order of path.
[[nodiscard]] std::vector<SampleFile> make_samples();

}  // namespace exhibit::samples
