#!/usr/bin/env python3
"""Runs the fuzz targets until each has had its seconds of processor time, then the long tests; writes docs/soak.log.

`tools/dev soak` builds what this runs. A session may be cut at any time (Ctrl-C, or --minutes): what each target has had
is kept in build/soak/, and the next session goes on from there. --restart begins anew. Seconds are the target's own
processor time, so a machine that does other things as well makes a soak longer and not thinner.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
TALLIES = ROOT / "build/soak"
LOG = ROOT / "docs/soak.log"
SLICE_SECONDS = 300  # of processor time, before a target is put away and the one with the least goes on
POLL_SECONDS = 0.5
MEMORY_MIB_MAX = 4096
INPUT_SECONDS_MAX = 20
KILL_POINTS = 2000


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def commit():
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD"], cwd=ROOT, capture_output=True).returncode != 0
    return (git("rev-parse", "--short", "HEAD") or "no git") + ("+changes" if changed else "")


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return os.uname().machine


BUILT_FROM = commit()  # taken once: what is fuzzed stays what it was when this began


class Tally:
    """What one target has had in all sessions together; or what one of the long tests took."""

    def __init__(self, name):
        self.name = name
        self.path = TALLIES / f"{name}.json"
        self.data = {"cpu_seconds": 0.0, "runs": 0, "peak_mib": 0, "corpus": 0, "verdict": "clean", "commits": []}
        if not self.path.exists():
            return
        kept = json.loads(self.path.read_text())
        if kept["verdict"] == "clean" or BUILT_FROM in kept["commits"]:  # what failed begins anew once it is mended
            self.data = kept

    def add(self, cpu_seconds, runs, peak_mib, corpus, clean):
        data = self.data
        data["cpu_seconds"] += cpu_seconds
        data["runs"] += runs
        data["peak_mib"] = max(data["peak_mib"], peak_mib)
        data["corpus"] = corpus
        if not clean:
            data["verdict"] = "FAILED"
        if BUILT_FROM not in data["commits"]:
            data["commits"].append(BUILT_FROM)
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps(data))
        beside.replace(self.path)

    @property
    def failed(self):
        return self.data["verdict"] != "clean"


def cpu_seconds_so_far(pid):
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def binary_of(name):
    found = [p for p in (ROOT / "build/fuzz").rglob(name) if p.is_file() and os.access(p, os.X_OK)]
    if not found:
        sys.exit(f"{name} is not built: tools/dev soak builds it")
    return found[0]


def was_kept_waiting(binary, log):
    """Whether what libFuzzer calls a timeout is none: its clock goes on while the machine does other things, or
    stands still. Put to the target alone, the input takes little of its own processor time."""
    written = re.search(r"Test unit written to (\S*timeout-\S+)", log)
    if "SUMMARY: libFuzzer: timeout" not in log or not written:
        return False
    try:
        alone = subprocess.run([binary, written[1]], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, cwd=ROOT, timeout=10 * INPUT_SECONDS_MAX,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (INPUT_SECONDS_MAX,) * 2))
    except subprocess.TimeoutExpired:
        return False
    if alone.returncode == 0:
        print(f"{binary.name}: kept waiting, not slow: {written[1]}", flush=True)
        pathlib.Path(ROOT / written[1]).unlink(missing_ok=True)
    return alone.returncode == 0


class Fuzzing:
    """Slices of targets, side by side, always of the target that has had the least."""

    def __init__(self, names, seconds, until):
        self.tallies = {name: Tally(name) for name in names}
        self.binaries = {name: binary_of(name) for name in names}
        self.seconds = seconds
        self.until = until
        self.running = set()
        self.stopping = threading.Event()
        self.lock = threading.Lock()

    def open_tallies(self):
        return [t for t in self.tallies.values() if not t.failed and t.data["cpu_seconds"] < self.seconds]

    def stop(self, *_):
        self.stopping.set()

    def next(self):
        with self.lock:
            left = [t for t in self.open_tallies() if t.name not in self.running]
            if self.stopping.is_set() or not left:
                return None
            tally = min(left, key=lambda t: (t.data["cpu_seconds"], t.name))
            self.running.add(tally.name)
            return tally

    def work(self):
        while (tally := self.next()) is not None:
            try:
                self.slice(tally, min(SLICE_SECONDS, self.seconds - tally.data["cpu_seconds"]))
            finally:
                with self.lock:
                    self.running.discard(tally.name)

    def slice(self, tally, seconds):
        found = ROOT / "build/fuzz-corpus" / tally.name  # new inputs; the corpus in the tree stays as it was made
        crashes = ROOT / "build/fuzz-crashes" / tally.name
        for folder in (found, crashes):
            folder.mkdir(parents=True, exist_ok=True)
        corpus = ROOT / "tests/fuzz/corpus" / tally.name
        log = TALLIES / f"{tally.name}.log"
        with open(log, "wb") as out:
            process = subprocess.Popen(
                [self.binaries[tally.name], found, corpus, f"-rss_limit_mb={MEMORY_MIB_MAX}",
                 f"-timeout={INPUT_SECONDS_MAX}", "-print_final_stats=1", f"-artifact_prefix={crashes}/"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, start_new_session=True)
            asked = False
            while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
                time.sleep(POLL_SECONDS)
                over = self.stopping.is_set() or time.monotonic() > self.until
                if not asked and (over or cpu_seconds_so_far(process.pid) >= seconds):
                    os.kill(process.pid, signal.SIGUSR1)  # libFuzzer then ends as after its own time
                    asked = True
                if over:
                    self.stopping.set()
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        text = log.read_text(errors="replace")

        def stat(name):
            values = re.findall(rf"^stat::{name}: *(\d+)", text, re.MULTILINE)
            return int(values[-1]) if values else 0

        clean = process.returncode == 0 or was_kept_waiting(self.binaries[tally.name], text)
        with self.lock:
            tally.add(ended[2].ru_utime + ended[2].ru_stime, stat("number_of_executed_units"), stat("peak_rss_mb"),
                      sum(1 for folder in (found, corpus) for _ in folder.iterdir()), clean)
        if not clean:
            log.replace(TALLIES / f"{tally.name}.failed.log")
            print(f"{tally.name} FAILED: build/soak/{tally.name}.failed.log", flush=True)

    def run(self, jobs):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        threads = [threading.Thread(target=self.work) for _ in range(jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(1)  # so that a signal is heard


def long_test(name, command, environment):
    """One of the tests behind the fuzzing, whole and anew each time."""
    (TALLIES / f"{name}.json").unlink(missing_ok=True)
    tally = Tally(name)
    with open(TALLIES / f"{name}.log", "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT,
                                   env={**os.environ, **environment})
        _, ended, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(ended)
    tally.add(used.ru_utime + used.ru_stime, 1, used.ru_maxrss // 1024, 0, process.returncode == 0)
    return tally


def write_log(tallies, tests, seconds):
    short = [t.name for t in tallies if not t.failed and t.data["cpu_seconds"] < seconds]
    lines = [f"soak of {BUILT_FROM}, {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%MZ}",
             f"{processor()}, {os.cpu_count()} processors",
             f"{seconds} s of processor time for each fuzz target" +
             (f"; not yet had by {len(short)}: {', '.join(short)}" if short else ""),
             "", f"{'':28} {'cpu s':>8} {'runs':>13} {'peak MiB':>9} {'corpus':>7}  verdict  commits"]
    for tally in [*tallies, *tests]:
        data = tally.data
        lines.append(f"{tally.name:28} {data['cpu_seconds']:8.0f} {data['runs']:13,} {data['peak_mib']:9,} "
                     f"{data['corpus'] or '':>7}  {data['verdict']:7}  {' '.join(data['commits'])}")
    LOG.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(prog="tools/dev soak", description=__doc__.split("\n", 1)[0])
    parser.add_argument("seconds", nargs="?", type=int, default=1800, help="for each target, in all (default 1800)")
    parser.add_argument("--restart", action="store_true", help="forget what earlier sessions did")
    parser.add_argument("--minutes", type=float, default=None, help="end this session after so long")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="targets side by side (default: all processors)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these targets, and no long tests")
    parser.add_argument("--list", action="store_true", help="print the targets and end")
    arguments = parser.parse_args()
    names = sorted(p.stem for p in (ROOT / "tests/fuzz").glob("fuzz_*.cpp"))
    unknown = set(arguments.only or []) - set(names)
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    names = [n for n in names if not arguments.only or n in arguments.only]
    if arguments.list:
        print("\n".join(names))
        return 0
    TALLIES.mkdir(parents=True, exist_ok=True)
    if arguments.restart:
        for path in TALLIES.glob("*"):
            path.unlink()
    until = time.monotonic() + arguments.minutes * 60 if arguments.minutes is not None else float("inf")
    fuzzing = Fuzzing(names, arguments.seconds, until)
    fuzzing.run(max(1, arguments.jobs))
    tests = []
    if not fuzzing.open_tallies() and not fuzzing.stopping.is_set() and not arguments.only:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        tests.append(long_test(f"crash_test_{KILL_POINTS}_points", [ROOT / "build/bench/src/casefile/crash_test"],
                               {"EXHIBIT_KILL_POINTS": str(KILL_POINTS)}))
        tests.append(long_test("heavy_tests", ["ctest", "--test-dir", "build/bench", "--output-on-failure", "-L",
                                               "heavy"], {}))
    tallies = list(fuzzing.tallies.values())
    write_log(tallies, tests, arguments.seconds)
    return 1 if any(t.failed for t in [*tallies, *tests]) else 0


if __name__ == "__main__":
    sys.exit(main())
