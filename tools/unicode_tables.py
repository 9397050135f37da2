#!/usr/bin/env python3
"""Writes src/base/unicode_tables.inc from Debian's package unicode-data (Unicode Character Database)."""
import pathlib

UCD = pathlib.Path("/usr/share/unicode")
OUT = pathlib.Path(__file__).resolve().parent.parent / "src/base/unicode_tables.inc"


def fold_ranges():
    pairs = []
    for line in (UCD / "CaseFolding.txt").read_text().splitlines():
        fields = [f.strip() for f in line.split("#")[0].split(";")]
        if len(fields) >= 3 and fields[1] in ("C", "S"):
            pairs.append((int(fields[0], 16), int(fields[2], 16)))
    # A code point with both C and S keeps one entry; CaseFolding.txt never lists both.
    ranges = []
    for code, to in sorted(p for p in pairs if p[0] >= 0x80):
        delta = to - code
        if ranges:
            first, last, d, stride = ranges[-1]
            step = code - last
            if d == delta and step in (1, 2) and (stride == step or first == last):
                ranges[-1] = (first, code, d, step)
                continue
        ranges.append((code, code, delta, 1))
    return ranges


def width_ranges(wanted):
    ranges = []
    for code in sorted(wanted):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


def wide():
    codes = set()
    for line in (UCD / "EastAsianWidth.txt").read_text().splitlines():
        fields = [f.strip() for f in line.split("#")[0].split(";")]
        if len(fields) == 2 and fields[1] in ("W", "F"):
            first, _, last = fields[0].partition("..")
            codes.update(range(int(first, 16), int(last or first, 16) + 1))
    return codes


def zero():
    codes, pending = set(), None
    for line in (UCD / "UnicodeData.txt").read_text().splitlines():
        fields = line.split(";")
        code = int(fields[0], 16)
        if fields[1].endswith("First>"):
            pending = code
            continue
        first = pending if pending is not None else code
        pending = None
        if fields[2] in ("Mn", "Me", "Cf") and code >= 0x300:
            codes.update(range(first, code + 1))
    return codes


lines = ["// Written by tools/unicode_tables.py from the Unicode Character Database 15.0; do not edit.", "// clang-format off"]
folds = fold_ranges()
lines.append(f"constexpr std::array<FoldRange, {len(folds)}> kFoldRanges{{{{")
lines += [f"  {{{a:#x}, {b:#x}, {d}, {s}}}," for a, b, d, s in folds]
lines.append("}};")
for name, codes in (("kDoubleWidth", wide() - zero()), ("kZeroWidth", zero())):
    ranges = width_ranges(codes)
    lines.append(f"constexpr std::array<WidthRange, {len(ranges)}> {name}{{{{")
    lines += [f"  {{{a:#x}, {b:#x}}}," for a, b in ranges]
    lines.append("}};")
lines.append("// clang-format on")
OUT.write_text("\n".join(lines) + "\n")
