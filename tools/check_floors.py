#!/usr/bin/env python3
"""Fails when a file includes another module's private header, climbs with ../, imports its own floor or one above,
or when a third-party header is included from more than one module."""
import collections
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
floors = {}
for lists in root.glob("src/*/CMakeLists.txt"):
    floors.update(re.findall(r"exhibit_module\((\w+)\s+FLOOR\s+(\d+)", lists.read_text()))
floors["cli"] = "7"
bad, third = [], collections.defaultdict(set)
for path in sorted([*root.glob("src/**/*.h"), *root.glob("src/**/*.cpp"), *root.glob("include/**/*.h")]):
    rel = path.relative_to(root)
    public = rel.parts[0] == "include"
    module = rel.stem if public else rel.parts[1]
    is_test = rel.stem.endswith(("_test", "_bench", "_testing")) or rel.stem.startswith("test_")
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#include\s*([<"])([^>"]+)', line)
        if not match:
            continue
        kind, included = match.groups()
        head = included.split("/")[0]
        where = f"{rel}:{number}"
        if kind == '"' and ".." in included:
            bad.append(f"{where}: climbs: {included}")
        elif kind == '"' and public and head != "exhibit":
            bad.append(f"{where}: public header includes private {included}")
        elif kind == '"' and head in floors and head not in (module, "base"):
            bad.append(f"{where}: private header of {head}: {included}")
        elif kind == '"' and head == "exhibit":
            other = included.split("/")[1].removesuffix(".h")
            if other in floors and other != module and module in floors and int(floors[other]) >= int(floors[module]):
                bad.append(f"{where}: {module} (floor {floors[module]}) may not import {other} (floor {floors[other]})")
        elif kind == "<" and not is_test and ("/" in included or included.endswith(".h")):
            if head not in ("sys", "linux", "arpa", "netinet", "immintrin.h", "cpuid.h") and "/" in included or included in (
                "yaml.h", "simdjson.h", "archive.h", "archive_entry.h", "zlib.h"):
                third[head].add(module)
bad += [f"<{h}/…> is included from {len(ms)} modules: {sorted(ms)}" for h, ms in third.items() if len(ms) > 1]
print("\n".join(bad) if bad else "floors: clean")
sys.exit(bool(bad))
