#include "verify/core/ed25519.h"

#include <algorithm>

#include "verify/core/sha2.h"

namespace exhibit::verify::core {
namespace {

// ---- the field of 2^255 - 19
//
// An element is ten limbs of 26 and 25 bits in turn: limb i weighs 2^ceil(25.5 i). After a product
// every limb is at most a little over its width in size; a sum or difference of two such is at most
// twice that, and a product takes factors of that size without overflow (ten products of 2^27.1 and
// 2^27.1, times 2 and 19, stay below 2^63).
struct Fe {
  std::array<std::int64_t, 10> limb{};
};

constexpr int width(std::size_t i) { return i % 2 == 0 ? 26 : 25; }

// Moves what is beyond a limb's width to the next; from the last it comes back times 19.
void carry(Fe& f) {
  for (int pass = 0; pass < 2; ++pass)
    for (std::size_t i = 0; i < 10; ++i) {
      const std::int64_t half = std::int64_t{1} << (width(i) - 1);
      const std::int64_t over = (f.limb[i] + half) >> width(i);
      f.limb[i] -= over * (std::int64_t{1} << width(i));
      if (i == 9) {
        f.limb[0] += 19 * over;
      } else {
        f.limb[i + 1] += over;
      }
    }
}

Fe add(const Fe& a, const Fe& b) {
  Fe out;
  for (std::size_t i = 0; i < 10; ++i) out.limb[i] = a.limb[i] + b.limb[i];
  return out;
}

Fe sub(const Fe& a, const Fe& b) {
  Fe out;
  for (std::size_t i = 0; i < 10; ++i) out.limb[i] = a.limb[i] - b.limb[i];
  return out;
}

Fe mul(const Fe& a, const Fe& b) {
  Fe out;
  for (std::size_t i = 0; i < 10; ++i)
    for (std::size_t j = 0; j < 10; ++j) {
      // Two odd limbs weigh half a bit more each; at 2^255 and above counts 19 times.
      const std::int64_t factor = (i % 2 == 1 && j % 2 == 1 ? 2 : 1) * (i + j >= 10 ? 19 : 1);
      out.limb[(i + j) % 10] += a.limb[i] * b.limb[j] * factor;
    }
  carry(out);
  return out;
}

Fe square(const Fe& a, int times = 1) {
  Fe out = a;
  for (int i = 0; i < times; ++i) out = mul(out, out);
  return out;
}

Fe negate(const Fe& a) { return sub(Fe{}, a); }

Fe one() { return Fe{{1}}; }

// The low 255 bits; bit 255 is not part of the number, and the number need not be reduced.
Fe from_bytes(std::span<const std::uint8_t, 32> bytes) {
  Fe out;
  std::size_t bit = 0;
  for (std::size_t i = 0; i < 10; ++i)
    for (int k = 0; k < width(i); ++k, ++bit)
      out.limb[i] |= std::int64_t{(bytes[bit / 8] >> (bit % 8)) & 1} << k;
  return out;
}

// The one encoding: reduced, little-endian.
std::array<std::uint8_t, 32> to_bytes(Fe f) {
  carry(f);
  // Now f is in (-p, 2p). The quotient is what 19 more than f carries out of bit 255.
  std::int64_t quotient = (19 * f.limb[9] + (std::int64_t{1} << 24)) >> 25;
  for (std::size_t i = 0; i < 10; ++i) quotient = (f.limb[i] + quotient) >> width(i);
  f.limb[0] += 19 * quotient;
  for (std::size_t i = 0; i < 10; ++i) {
    const std::int64_t over = f.limb[i] >> width(i);
    f.limb[i] -= over * (std::int64_t{1} << width(i));
    if (i < 9) f.limb[i + 1] += over;  // out of the last limb it is 2^255 quotient, and goes
  }
  std::array<std::uint8_t, 32> out{};
  std::size_t bit = 0;
  for (std::size_t i = 0; i < 10; ++i)
    for (int k = 0; k < width(i); ++k, ++bit)
      out[bit / 8] = static_cast<std::uint8_t>(out[bit / 8] | ((f.limb[i] >> k) & 1) << (bit % 8));
  return out;
}

bool is_zero(const Fe& f) { return to_bytes(f) == std::array<std::uint8_t, 32>{}; }
bool is_odd(const Fe& f) { return (to_bytes(f)[0] & 1) != 0; }

// x^(2^n - 1), by the binary digits of n: 2^2n - 1 = (2^n - 1) 2^n + (2^n - 1).
Fe power_of_ones(const Fe& x, unsigned n) {
  Fe out = x;
  unsigned have = 1;
  for (int bit = 6; bit >= 0; --bit) {  // n = 250 has eight digits, the first is had
    out = mul(square(out, static_cast<int>(have)), out);
    have *= 2;
    if ((n >> bit & 1) != 0) {
      out = mul(square(out), x);
      ++have;
    }
  }
  return out;
}

// x^(p - 2), and p - 2 = (2^250 - 1) 2^5 + 11.
Fe invert(const Fe& x) {
  const Fe x2 = square(x);
  const Fe x8 = square(x2, 2);
  return mul(square(power_of_ones(x, 250), 5), mul(x8, mul(x2, x)));
}

// x^((p - 5) / 8) = x^(2^252 - 3), and 2^252 - 3 = (2^250 - 1) 2^2 + 1.
Fe power_for_root(const Fe& x) { return mul(square(power_of_ones(x, 250), 2), x); }

// ---- the curve -x^2 + y^2 = 1 + d x^2 y^2 (RFC 8032 5.1)

Fe from_words(std::array<std::uint64_t, 4> words) {  // most significant first
  std::array<std::uint8_t, 32> bytes;
  for (std::size_t i = 0; i < 32; ++i)
    bytes[i] = static_cast<std::uint8_t>(words[3 - i / 8] >> (8 * (i % 8)));
  return from_bytes(bytes);
}

// d = -121665/121666, a square root of -1, and the base point, as RFC 8032 5.1 has them.
Fe curve_d() {
  return from_words(
      {0x52036cee2b6ffe73, 0x8cc740797779e898, 0x00700a4d4141d8ab, 0x75eb4dca135978a3});
}
Fe root_of_minus_one() {
  return from_words(
      {0x2b8324804fc1df0b, 0x2b4d00993dfbd7a7, 0x2f431806ad2fe478, 0xc4ee1b274a0ea0b0});
}

/// (X : Y : Z : T) with x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 5.1.4).
struct Point {
  Fe x, y, z, t;
};

Point base_point() {
  Point out;
  out.x =
      from_words({0x216936d3cd6e53fe, 0xc0a4e231fdd6dc5c, 0x692cc7609525a7b2, 0xc9562d608f25d51a});
  out.y =
      from_words({0x6666666666666666, 0x6666666666666666, 0x6666666666666666, 0x6666666666666658});
  out.z = one();
  out.t = mul(out.x, out.y);
  return out;
}

// RFC 8032 5.1.4, the complete addition law: no pair of points is an exception.
Point add(const Point& p, const Point& q, const Fe& d2) {
  const Fe a = mul(sub(p.y, p.x), sub(q.y, q.x));
  const Fe b = mul(add(p.y, p.x), add(q.y, q.x));
  const Fe c = mul(mul(p.t, d2), q.t);
  const Fe zz = mul(p.z, q.z);
  const Fe d = add(zz, zz);
  const Fe e = sub(b, a);
  const Fe f = sub(d, c);
  const Fe g = add(d, c);
  const Fe h = add(b, a);
  return {mul(e, f), mul(g, h), mul(f, g), mul(e, h)};
}

Point twice(const Point& p) {
  const Fe a = square(p.x);
  const Fe b = square(p.y);
  const Fe zz = square(p.z);
  const Fe h = add(a, b);
  const Fe e = sub(h, square(add(p.x, p.y)));
  const Fe g = sub(a, b);
  Fe f = add(add(zz, zz), g);
  carry(f);  // of four terms
  return {mul(e, f), mul(g, h), mul(f, g), mul(e, h)};
}

Point neutral() { return {Fe{}, one(), one(), Fe{}}; }

bool is_neutral(const Point& p) { return is_zero(p.x) && is_zero(sub(p.y, p.z)); }

// RFC 8032 5.1.3, but for what the header says.
std::optional<Point> decode(const PublicKey& bytes) {
  Point out;
  out.y = from_bytes(bytes);
  out.z = one();
  const Fe yy = square(out.y);
  const Fe u = sub(yy, one());
  const Fe v = add(mul(curve_d(), yy), one());
  const Fe v3 = mul(square(v), v);
  // A square root of u/v, if there is one: u v^3 (u v^7)^((p-5)/8), perhaps times that of -1.
  out.x = mul(mul(u, v3), power_for_root(mul(mul(square(v3), v), u)));
  const Fe vxx = mul(v, square(out.x));
  if (!is_zero(sub(vxx, u))) {
    if (!is_zero(add(vxx, u))) return std::nullopt;
    out.x = mul(out.x, root_of_minus_one());
  }
  if (is_odd(out.x) != ((bytes[31] >> 7) != 0)) out.x = negate(out.x);
  out.t = mul(out.x, out.y);
  return out;
}

std::array<std::uint8_t, 32> encode(const Point& p) {
  const Fe z = invert(p.z);
  auto out = to_bytes(mul(p.y, z));
  if (is_odd(mul(p.x, z))) out[31] = static_cast<std::uint8_t>(out[31] | 0x80);
  return out;
}

// ---- numbers modulo the group's order

using Scalar = std::array<std::uint64_t, 4>;  // least significant first
// L = 2^252 + 27742317777372353535851937790883648493
constexpr Scalar kOrder{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000};

bool below(const Scalar& a, const Scalar& b) {
  for (std::size_t i = 4; i-- > 0;)
    if (a[i] != b[i]) return a[i] < b[i];
  return false;
}

void subtract(Scalar& a, const Scalar& b) {
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint64_t before = a[i];
    a[i] = before - b[i] - borrow;
    borrow = before < b[i] || (before == b[i] && borrow != 0) ? 1 : 0;
  }
}

// A little-endian number modulo L: bit by bit from the top, which is slow and plain.
Scalar reduce(const Digest512& bytes) {
  Scalar out{};
  for (std::size_t bit = 512; bit-- > 0;) {
    for (std::size_t i = 4; i-- > 0;)
      out[i] = out[i] << 1 |
               (i == 0 ? std::uint64_t{bytes[bit / 8]} >> (bit % 8) & 1 : out[i - 1] >> 63);
    if (!below(out, kOrder)) subtract(out, kOrder);
  }
  return out;
}

std::size_t nibble(const Scalar& s, std::size_t i) { return s[i / 16] >> (4 * (i % 16)) & 15; }

using Multiples = std::array<Point, 16>;

void fill(Multiples& out, const Point& p, const Fe& d2) {
  out[0] = neutral();
  for (std::size_t i = 1; i < out.size(); ++i) out[i] = add(out[i - 1], p, d2);
}

// [a]P + [b]Q, four bits of both at a time.
Point sum_of_multiples(const Scalar& a, const Point& p, const Scalar& b, const Point& q) {
  const Fe d = curve_d();
  const Fe d2 = add(d, d);
  Multiples of_p, of_q;
  fill(of_p, p, d2);
  fill(of_q, q, d2);
  Point out = neutral();
  for (std::size_t i = 64; i-- > 0;) {
    for (int k = 0; k < 4; ++k) out = twice(out);
    out = add(out, of_p[nibble(a, i)], d2);
    out = add(out, of_q[nibble(b, i)], d2);
  }
  return out;
}

}  // namespace

bool verify_ed25519(const PublicKey& key, std::string_view message, std::string_view signature) {
  return verify_ed25519_parts(key, message, {}, signature);
}

bool is_signed_ed25519(std::string_view public_key, std::string_view message,
                       std::string_view signature) {
  return public_key.size() == sizeof(PublicKey) &&
         verify_ed25519(array_of<32>(public_key), message, signature);
}

bool verify_ed25519_parts(const PublicKey& key, std::string_view head, std::string_view tail,
                          std::string_view signature) {
  if (signature.size() != kSignatureSize) return false;
  const std::string_view r = signature.substr(0, 32);
  Scalar s{};
  for (std::size_t i = 0; i < 32; ++i)
    s[i / 8] |= std::uint64_t{byte_at(signature, 32 + i)} << (8 * (i % 8));
  if (!below(s, kOrder)) return false;
  std::optional<Point> a = decode(key);
  if (!a || is_neutral(twice(twice(twice(*a))))) return false;
  Sha512 hash;
  hash.update(r);
  hash.update(view(key));
  hash.update(head);
  hash.update(tail);
  const Scalar k = reduce(hash.finish());
  a->x = negate(a->x);
  a->t = negate(a->t);
  const auto expected = encode(sum_of_multiples(s, base_point(), k, *a));
  return view(expected) == r;
}

}  // namespace exhibit::verify::core
