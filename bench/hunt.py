#!/usr/bin/env python3
"""Measures whole hunts: CPU seconds (user + system), wall time, peak memory, and a hash of what was found.

    bench/hunt.py --exhibit build/release/src/cli/exhibit --rules RULES PATH [--seal] [--rounds 5] [--against 'COMMAND']

Runs are interleaved: exhibit, then the rival (a command line, run as it is), each round. Start-up is measured by a hunt of one
record and shown beside. A figure of one machine is never compared with another's: compare the ratios of one run.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

ONE_RECORD = '{"Channel":"Security","EventID":1,"Hostname":"h","@timestamp":"2026-01-01T00:00:00Z"}\n'


def run(command, environment, output):
    """One run: (CPU seconds, wall seconds, peak KiB). Its standard output goes to `output`."""
    with open(output, "wb") as out:
        begun = time.monotonic()
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    return {"cpu_s": usage.ru_utime + usage.ru_stime, "wall_s": wall, "peak_kib": usage.ru_maxrss,
            "exit": child.returncode}


def median(rows, key):
    return round(statistics.median(row[key] for row in rows), 4)


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--exhibit", required=True)
    parser.add_argument("--rules", action="append", default=[])
    parser.add_argument("--seal", action="store_true", help="into a case, by reference")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--against", help="a rival's command line")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="exhibit-bench-") as folder:
        folder = pathlib.Path(folder)
        one = folder / "one.jsonl"
        one.write_text(ONE_RECORD)
        environment = dict(os.environ, EXHIBIT_HOME=str(folder / "home"))
        base = [arguments.exhibit, "hunt", "--format", "jsonl", "--threads", str(arguments.threads)]
        for rules in arguments.rules:
            base += ["--rules", rules]
        rows, start, rival, digests = [], [], [], set()
        for round_number in range(arguments.rounds):
            seal = []
            if arguments.seal:
                seal = ["--case", str(folder / f"case{round_number}"), "--by-reference"]
            found = folder / "found.jsonl"
            rows.append(run(base + seal + arguments.paths, environment, found))
            with open(found, "rb") as lines:
                digests.add(hashlib.file_digest(lines, "sha256").hexdigest())
            start.append(run(base + [str(one)], environment, folder / "one.out"))
            if arguments.against:
                rival.append(run(shlex.split(arguments.against), environment, folder / "rival.out"))
        if len(digests) != 1:
            sys.exit("the same hunt gave different findings")
        findings = sum(1 for _ in open(folder / "found.jsonl", "rb"))
        report = {"processor": processor(), "sealed": arguments.seal, "threads": arguments.threads, "rounds": arguments.rounds,
                  "findings": findings, "findings_sha256": digests.pop(), "exit": rows[0]["exit"],
                  "cpu_s": median(rows, "cpu_s"), "wall_s": median(rows, "wall_s"), "peak_kib": median(rows, "peak_kib"),
                  "start_up_cpu_s": median(start, "cpu_s")}
        if rival:
            report["rival"] = {"command": arguments.against, "cpu_s": median(rival, "cpu_s"), "wall_s": median(rival, "wall_s"),
                               "peak_kib": median(rival, "peak_kib"), "exit": rival[0]["exit"]}
            report["cpu_ratio"] = round(report["rival"]["cpu_s"] / report["cpu_s"], 2)
        print(json.dumps(report, indent=1))
        if report["exit"] not in (0, 3):
            sys.exit(f"exhibit ended with {report['exit']}")


if __name__ == "__main__":
    main()
