// Every kernel that this processor has, against OpenSSL.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <vector>

#include "base/text.h"
#include "exhibit/seal.h"
#include "seal/lane_hasher.h"

namespace exhibit::seal {
namespace {

Digest reference(Bytes message) {
  Digest out;
  EVP_Digest(message.data(), message.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr,
             EVP_sha256(), nullptr);
  return out;
}

std::vector<std::byte> noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> out(size);
  for (std::byte& b : out) b = static_cast<std::byte>(random());
  return out;
}

// Hashes `messages` with every kernel, with and without padding in place.
void expect_all_agree(std::span<const Bytes> messages) {
  std::vector<Digest> expected;
  for (const Bytes message : messages) expected.push_back(reference(message));
  for (const Kernel& kernel : available_kernels()) {
    LaneHasher hasher(kernel);
    std::vector<Digest> out(messages.size());
    std::vector<HashJob> jobs;
    for (std::size_t i = 0; i < messages.size(); ++i)
      jobs.push_back({messages[i].data(), out[i].data(), messages[i].size()});
    hasher.hash(jobs, LaneHasher::Padding::absent);
    EXPECT_TRUE(out == expected) << kernel.name;

    std::vector<std::vector<std::byte>> padded;
    out.assign(messages.size(), {});
    for (std::size_t i = 0; i < messages.size(); ++i) {
      padded.emplace_back(messages[i].begin(), messages[i].end())
          .resize(padded_size(messages[i].size()));
      write_padding(padded.back().data(), messages[i].size());
      jobs[i].data = padded.back().data();
    }
    hasher.hash(jobs, LaneHasher::Padding::in_place);
    EXPECT_TRUE(out == expected) << kernel.name << ", padding in place";
  }
}

TEST(Sha256Kernels, AgreeWithOpensslAtEveryLengthAndMixed) {
  const auto bytes = noise(20'000, 1);
  std::vector<Bytes> all;
  for (std::size_t size = 0; size <= 300; ++size) {
    const std::vector<Bytes> equal(19, Bytes(bytes).subspan(size % 61, size));
    expect_all_agree(equal);
    all.push_back(Bytes(bytes).subspan(size, size));
  }
  expect_all_agree(all);
}

TEST(Sha256Kernels, AgreeAroundBlockEdges) {
  const auto bytes = noise(8'300, 2);
  std::vector<Bytes> all;
  for (std::size_t block = 5; block <= 128; block += 3)
    for (std::size_t size = block * 64 - 10; size <= block * 64 + 2; ++size)
      all.push_back(Bytes(bytes).first(size));
  expect_all_agree(all);
}

TEST(Sha256Kernels, AgreeOnRandomMixesOfAnyNumber) {
  const auto bytes = noise(70'000, 3);
  std::mt19937 random(4);
  for (std::size_t count = 0; count <= 70; ++count) {
    std::vector<Bytes> messages;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t size = random() % 8 == 0 ? random() % 60'000 : random() % 300;
      messages.push_back(Bytes(bytes).subspan(random() % 10'000, size));
    }
    expect_all_agree(messages);
  }
}

TEST(Sha256, OneShotAndStreamAgreeWithOpenssl) {
  const auto bytes = noise(5'000, 5);
  Sha256 stream;
  for (std::size_t size = 0; size < 1'000; ++size) {
    const auto message = Bytes(bytes).first(size);
    const Digest expected = reference(message);
    EXPECT_EQ(sha256(message), expected) << size;
    stream.update(message.first(size / 3));
    stream.update(message.subspan(size / 3));
    EXPECT_EQ(stream.finish(), expected) << size;
  }
}

TEST(Sha256, KnownAnswer) {  // FIPS 180-4 example, "abc"
  EXPECT_EQ(base::to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// Run once for each name, too (CMakeLists.txt).
TEST(KernelName, IsTheOneThatTheEnvironmentNames) {
  const auto kernels = available_kernels();
  EXPECT_EQ(kernels.back().name, "openssl");
  const char* named = std::getenv("EXHIBIT_SHA256");
  const auto found =
      std::ranges::find(kernels, std::string_view(named != nullptr ? named : ""), &Kernel::name);
  EXPECT_EQ(kernel_name(), found != kernels.end() ? found->name : kernels.front().name);
}

TEST(ManyHasher, MatchesOneShot) {
  const auto bytes = noise(1'000, 6);
  std::vector<Bytes> messages;
  for (std::size_t i = 0; i < 100; ++i) messages.push_back(Bytes(bytes).first(i * 7));
  std::vector<Digest> out(messages.size());
  ManyHasher hasher;
  hasher.hash(messages, out);
  for (std::size_t i = 0; i < messages.size(); ++i) EXPECT_EQ(out[i], reference(messages[i]));
}

}  // namespace
}  // namespace exhibit::seal
