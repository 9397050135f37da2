#!/usr/bin/env python3
"""Compares every record that evtx_dump reads below some folders with ours, value by value.

usage: evtx_oracle.py RENDERER [FOLDER...]

RENDERER is our program (tests/support/evtx_json.cpp). Exits 0 when all agree but for the accepted differences below,
1 when one does not, 77 (skipped) when the data, or evtx_dump and cargo, are absent. $EXHIBIT_EVTX_DUMP names another evtx_dump.
Without FOLDER: the EVTX sets of $EXHIBIT_TEST_DATA, else of ../shared/data beside the project.

Accepted differences, each with its reason (docs/formats/evtx-reading.md says more):
  boolean     a BinXML boolean is true when it is not zero ([MS-EVEN6] 2.2.12.3); evtx_dump writes other numbers than 0 and 1
              as numbers
  empty       a text of no characters is "" everywhere; evtx_dump writes it as null outside EventData
"""
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
VERSION = "0.15.1"
ROOT = pathlib.Path(__file__).resolve().parents[2]
SETS = ["evtx-odd", "evtx-attack-samples", "sigma-regression"]


def record_id(event):
    system = event.get("Event", {}).get("System") or {}
    return str(system.get("EventRecordID")), json.dumps(system.get("TimeCreated"))


class Comparison:
    def __init__(self):
        self.accepted = collections.Counter()
        self.differences = []

    def values(self, theirs, ours, path):
        if theirs == ours and type(theirs) is type(ours):
            return
        if isinstance(theirs, dict) and isinstance(ours, dict):
            for key in theirs:
                if key in ours:
                    self.values(theirs[key], ours[key], f"{path}.{key}")
                else:
                    self.differ(path + "." + key, theirs[key], "absent")
            for key in ours:
                if key not in theirs:
                    self.differ(path + "." + key, "absent", ours[key])
            return
        if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
            for index, (a, b) in enumerate(zip(theirs, ours)):
                self.values(a, b, f"{path}[{index}]")
            return
        if theirs is None and ours == "":
            self.accepted["empty"] += 1
            return
        if ours is True and type(theirs) is int and theirs not in (0, 1):
            self.accepted["boolean"] += 1
            return
        self.differ(path, theirs, ours)

    def differ(self, path, theirs, ours):
        self.differences.append((path, theirs, ours))


def lines(command):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return [json.loads(line) for line in run.stdout.decode("utf-8", "replace").splitlines()]


def compare_file(evtx_dump, renderer, path, comparison):
    """Records are paired by identifier and time; evtx_dump orders chunks by identifier, we by place."""
    theirs = lines([evtx_dump, "-t", "1", "-o", "jsonl", str(path)])
    ours = [line["event"] for line in lines([renderer, str(path)])]
    by_id = collections.defaultdict(list)
    for record in ours:
        by_id[record_id(record)].append(record)
    compared = 0
    for record in theirs:
        candidates = by_id[record_id(record)]
        if not candidates:
            comparison.differ("record", record, "absent")
            continue
        compared += 1
        # Copies of one record (in a file that was damaged or put together) are told apart by what they say.
        comparison.values(record, candidates.pop(candidates.index(record) if record in candidates else 0), "")
    return compared, len(ours)


def find_evtx_dump():
    """$EXHIBIT_EVTX_DUMP, else our own copy in the user's cache, which cargo makes once."""
    if os.environ.get("EXHIBIT_EVTX_DUMP"):
        return os.environ["EXHIBIT_EVTX_DUMP"]
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    root = cache / "exhibit-tests" / f"evtx-{VERSION}"
    program = root / "bin" / "evtx_dump"
    if program.exists():
        return str(program)
    if shutil.which("cargo") is None:
        return None
    print(f"installing evtx_dump {VERSION} with cargo, once, into {root}", flush=True)
    done = subprocess.run(["cargo", "install", "--quiet", "--locked", "--version", VERSION, "--root", str(root), "evtx"])
    return str(program) if done.returncode == 0 and program.exists() else None


def main():
    renderer, folders = sys.argv[1], sys.argv[2:]
    data = pathlib.Path(os.environ.get("EXHIBIT_TEST_DATA") or ROOT.parent / "shared" / "data")
    folders = folders or [data / name for name in SETS]
    files = sorted(p for folder in folders for p in pathlib.Path(folder).rglob("*.evtx"))
    if not files:
        print("skipped: no EVTX files there")
        return SKIPPED
    evtx_dump = find_evtx_dump()
    if evtx_dump is None:
        print(f"skipped: evtx_dump {VERSION} is not there, and cargo is absent or could not install it")
        return SKIPPED
    accepted, compared, ours, failed = collections.Counter(), 0, 0, 0
    for path in files:
        comparison = Comparison()
        both, only = compare_file(evtx_dump, renderer, path, comparison)
        compared += both
        ours += only
        accepted += comparison.accepted
        if comparison.differences:
            failed += 1
            print(f"{path}: {len(comparison.differences)} differences")
            for where, a, b in comparison.differences[:5]:
                print(f"  {where}: evtx_dump {json.dumps(a)[:200]} | ours {json.dumps(b)[:200]}")
    print(f"{len(files)} files, {compared} records compared, {ours} read by us, accepted {dict(accepted)}, "
          f"{failed} files differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
