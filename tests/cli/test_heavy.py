"""What takes an optimised build: files of 4 GiB, 100,000 files, and memory that does not grow with the input."""
import json
import os
import pathlib
import subprocess
import sys
import time

import evtx
from support import PROGRAM, SAMPLE, CliTest, event, main, rule

SPARSE_BYTES = 4 << 30
SPARSE_SECONDS_MAX = 300  # the hash of so many bytes, on a machine that does other things as well
SPARSE_MEMORY_MIB_MAX = 200
FILES = 100_000
FILES_MEMORY_MIB_MAX = 600
PRIVATE_MIB_MAX = 256  # what the program may ask the system for, at two threads: the kernel refuses more
GROWTH_MAX = 1.1  # of one thread: how many batches wait at two threads is the scheduler's to say
GROWTH_MIB = 4  # two large pages, for a program that has few of them


# A process of its own between the tests and the program: what is measured of a child begins with the memory of
# the process that it was forked from, and the tests' own may be the larger.
MEASURE = """
import os, sys
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, ended, used = os.wait4(child, 0)
with open("measured", "w") as out:
    out.write(f"{os.waitstatus_to_exitcode(ended)} {used.ru_maxrss}")
"""


class Heavy(CliTest):
    def setUp(self):
        super().setUp()
        self.rules = self.path("one.yml", rule())

    def measured(self, *arguments, status=0, open_files_max=0, private_mib_max=0):
        """The peak of the program's memory in MiB, and the seconds that it took."""
        began = time.monotonic()
        command = [PROGRAM, *map(str, arguments)]
        if open_files_max:
            command = ["prlimit", f"--nofile={open_files_max}", *command]
        if private_mib_max:  # every private page that can be written to, touched or not
            command = ["prlimit", f"--data={private_mib_max << 20}", *command]
        with open(self.path("out"), "wb") as out:
            subprocess.run([sys.executable, "-S", "-c", MEASURE, *command], stdout=out, stderr=subprocess.STDOUT,
                           env=self.environment, cwd=self.folder, check=True)
        ended, memory = self.read("measured").split()
        self.assertEqual(int(ended), status, self.read("out")[-3000:])
        return int(memory) / 1024, time.monotonic() - began

    def coverage(self):
        return json.loads(self.read("coverage.json"))

    # -- holes

    def sparse(self, name, head, *arguments):
        """The one source that a hunt sees in a file that is `head` and then nothing but holes."""
        log = self.path(name, head)
        os.truncate(log, SPARSE_BYTES)
        self.assertLess(os.stat(log).st_blocks, 1024)
        memory, seconds = self.measured("hunt", log, "-r", self.rules, "--coverage", self.path("coverage.json"),
                                        "--force", *arguments, status=3)
        self.assertLess(memory, SPARSE_MEMORY_MIB_MAX)
        self.assertLess(seconds, SPARSE_SECONDS_MAX)
        source, = self.coverage()["sources"]
        self.assertEqual(source["bytes"], SPARSE_BYTES)
        self.assertIs(source["complete"], True)
        return source

    def test_evtx_of_holes(self):
        source = self.sparse("holes.evtx", evtx.file_header(0xffff))
        self.assertEqual(source["format"], "evtx")
        # One place, not 65,535; and the chunk that is cut off at the end.
        self.assertEqual([d["kind"] for d in source["damage_first"]], ["empty chunk in use", "truncated"])

    def test_evtx_of_holes_that_the_header_does_not_count(self):
        source = self.sparse("preallocated.evtx", evtx.file_header(1))
        self.assertEqual([d["length"] for d in source["damage_first"] if d["kind"] == "empty chunk in use"], [evtx.CHUNK])

    def test_json_and_then_a_hole(self):
        source = self.sparse("holes.jsonl", event())
        self.assertEqual((source["format"], source["records"], source["findings"]), ("json", 1, 1))
        self.assertEqual(source["damage_first"], [{"offset": len(event()), "length": SPARSE_BYTES - len(event()),
                                                   "kind": "record too large"}])

    def test_nothing_known_and_then_a_hole(self):
        self.assertEqual(self.sparse("holes.bin", b"\x7fXYZ")["format"], "unknown")

    def test_holes_sealed_in_place(self):
        case = self.path("case")
        self.sparse("holes.evtx", evtx.file_header(0xffff), "--case", case, "--by-reference")
        self.assertLess(sum(p.stat().st_size for p in pathlib.Path(case).rglob("*") if p.is_file()), 1 << 20)
        self.run_ok("verify", case, "--trust", self.path("trust", self.run_ok("party", "list")))

    def test_too_little_memory_is_said(self):
        log = self.path("one.jsonl", event())
        self.measured("hunt", log, "-r", self.rules, status=70, private_mib_max=2)
        self.assertEqual(self.read("out"), b"exhibit: out of memory\n")

    # -- many files

    def small_files(self, count):
        """So many logs of one record each, no two the same."""
        text = event(n="number")
        for folder in range(100):
            below = self.folder / "logs" / str(folder)
            below.mkdir(parents=True)
            for file in range(count // 100):
                with open(below / f"{file}.jsonl", "w") as log:
                    log.write(text.replace("number", f"{folder}-{file}"))

    def test_a_hundred_thousand_files(self):
        self.small_files(FILES)
        for threads in ("1", "8"):
            memory, _ = self.measured("hunt", self.folder / "logs", "-r", self.rules, "-j", threads, "-f", "jsonl",
                                      "-o", self.path("found"), "--coverage", self.path("coverage.json"), "--force",
                                      open_files_max=64)
            self.assertLess(memory, FILES_MEMORY_MIB_MAX)
            coverage = self.coverage()
            self.assertEqual((len(coverage["sources"]), coverage["findings"], coverage["skipped"]), (FILES, FILES, []))

    def test_many_files_into_a_case(self):
        count = FILES // 10
        self.small_files(count)
        case = self.path("case")
        self.measured("hunt", self.folder / "logs", "-r", self.rules, "--case", case, open_files_max=64)
        self.assertEqual(len(os.listdir(pathlib.Path(case, "sources"))), count)
        self.measured("verify", case, "--trust", self.path("trust", self.run_ok("party", "list")), "--replay",
                      open_files_max=64)

    # -- memory

    def json_lines(self, name, records):
        """Records of which every one is different and every other is found: enough of both for whatever is kept up to
        a limit (values met, findings in memory) to be at its limit."""
        path = self.path(name)
        with open(path, "w") as log:
            for first in range(0, records, 1000):
                log.write("".join(event(n=i, CommandLine=f"{'needle' if i % 2 == 0 else 'hay'} {i} " + "x" * (i % 300),
                                        Hostname=f"ws{i % 5000}.corp.example") for i in range(first, first + 1000)))
        return path

    def evtx_log(self, name, times):
        """The sample's chunks again and again: a file of so many times its size."""
        data = (SAMPLE / "JUMP01-Sysmon.evtx").read_bytes()
        chunks = data[evtx.FILE_HEADER:]
        path = self.path(name)
        with open(path, "wb") as log:
            log.write(evtx.file_header(min(times * len(chunks) // evtx.CHUNK, 0xffff)))
            for _ in range(times):
                log.write(chunks)
        return path

    def expect_no_growth(self, once, ten_times, *arguments):
        self.assertGreater(os.path.getsize(ten_times), 9 * os.path.getsize(once))
        for sealed in (False, True):
            def hunt(log, threads):
                case = ["--case", self.path(f"case-{threads}-{os.path.basename(log)}")] if sealed else []
                return self.measured("hunt", log, *arguments, "-f", "jsonl", "-o", self.path("found"), "--force",
                                     "-j", threads, *case, private_mib_max=PRIVATE_MIB_MAX)[0]

            peaks = [hunt(log, 1) for log in (once, ten_times)]
            self.assertLess(peaks[1], peaks[0] * GROWTH_MAX + GROWTH_MIB, (sealed, peaks))
            hunt(ten_times, 2)

    def test_memory_does_not_grow_with_json_lines(self):
        self.expect_no_growth(self.json_lines("once.jsonl", 100_000), self.json_lines("ten.jsonl", 1_000_000),
                              "-r", self.rules)

    def test_memory_does_not_grow_with_evtx(self):
        self.expect_no_growth(self.evtx_log("once.evtx", 40), self.evtx_log("ten.evtx", 400))


if __name__ == "__main__":
    main()
