#include "base/inflate.h"

#include <libdeflate.h>
#include <zlib.h>

namespace exhibit::base {

struct Inflater::State {
  z_stream stream{};
  bool begun = false;
  ~State() {
    if (begun) ::inflateEnd(&stream);
  }
};

Inflater::Inflater() : state_(std::make_unique<State>()) {}
Inflater::~Inflater() = default;

Result<void> Inflater::reset() {
  // Negative: no header around it.
  const int result =
      state_->begun ? ::inflateReset(&state_->stream) : ::inflateInit2(&state_->stream, -MAX_WBITS);
  if (result != Z_OK) return fail(ErrorCode::limit, "no memory to unpack compressed bytes");
  state_->begun = true;
  return {};
}

Result<Inflater::Step> Inflater::step(Bytes in, std::span<std::byte> out) {
  z_stream& stream = state_->stream;
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = ::inflate(&stream, Z_NO_FLUSH);
  // Z_BUF_ERROR: nothing could be done with what there is, which is for the caller to see.
  if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
    return fail(ErrorCode::malformed, "compressed bytes that do not unpack");
  return Step{.taken = in.size() - stream.avail_in,
              .given = out.size() - stream.avail_out,
              .ended = result == Z_STREAM_END};
}

std::uint32_t crc32(std::uint32_t crc, Bytes bytes) {
  return ::libdeflate_crc32(crc, bytes.data(), bytes.size());
}

}  // namespace exhibit::base
