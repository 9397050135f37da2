"""Evidence and rules made to defeat the fast engine: it finds the same bytes as the reference engine, never at less
than half of its speed, within the memory that is promised.

Speed is CPU, user + system, start-up included, of one thread: the least of a few runs, because other work on the
machine only adds to it. Memory is enforced by the kernel (RLIMIT_DATA: every private page that can be written to,
touched or not), at two threads, with and without the seal. Needs an optimised build."""
import hashlib
import json
import os
import random
import shutil
import subprocess
import unittest

import evtx
from support import PROGRAM, CliTest, main

TIMES_MAX = 2  # of the reference's CPU
RUNS_MAX = 4   # until it is so
PRIVATE_MIB_MAX = 256
KINDS = ("jsonl", "evtx")

RULE = """title: Rule {number}
id: 5f3a2c1e-0000-4000-8000-{number:012x}
status: test
level: low
logsource: {{product: windows, {logsource}}}
detection:
{detection}
"""
PROCESSES = "category: process_creation"
SYSMON = "Microsoft-Windows-Sysmon"
FIELDS = ("Image", "CommandLine", "ParentImage", "ParentCommandLine", "User", "CurrentDirectory", "OriginalFileName",
          "Hashes")
BIG = 64 * 1024  # bytes of a value
BIG_EVTX = 29_000  # characters: a record is in one chunk


def block(name, *lines):
    """One search of a detection."""
    return "\n".join([f"  {name}:", *(f"    {line}" for line in lines)])


def values(items):
    return ["- '" + item.replace("'", "''") + "'" for item in items]


class Hostile(CliTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(1)

    # -- making

    def hex(self, size):
        return f"{self.random.getrandbits(4 * size):0{size}x}"

    def glob(self, count):
        """So many hexadecimal digits with anything between them."""
        return "*".join(self.hex(1) for _ in range(count))

    def rules(self, detections, logsource=PROCESSES):
        return self.path("rules.yml", "---\n".join(
            RULE.format(number=number, logsource=logsource, detection=detection)
            for number, detection in enumerate(detections)))

    def one_rule(self):
        return self.rules([block("s", "CommandLine|contains: needle") + "\n  condition: s"])

    def log(self, kind, records):
        """A file of (channel, event id, provider, data)."""
        if kind == "evtx":
            return self.path("log.evtx", evtx.file_of(records))
        path = self.path("log.jsonl")
        with open(path, "w") as log:
            for channel, event_id, provider, data in records:
                log.write(json.dumps({"EventTime": "2026-03-04T08:12:33Z", "Channel": channel, "EventID": event_id,
                                      "Provider": provider, **data}) + "\n")
        return path

    def processes(self, kind, all_data):
        return self.log(kind, ((SYSMON + "/Operational", 1, SYSMON, data) for data in all_data))

    def fresh(self, kind, count, size):
        """Process creations of which nothing repeats, with a command line of so many hexadecimal digits."""
        return self.processes(kind, ({"Image": rf"C:\p\{self.hex(8)}.exe", "CommandLine": self.hex(size),
                                      "User": self.hex(8)} for _ in range(count)))

    # -- measuring

    def hunt(self, log, rules, *arguments):
        """CPU seconds of a run under the limit, and the SHA-256 of its findings."""
        command = ["prlimit", f"--data={PRIVATE_MIB_MAX << 20}", PROGRAM, "hunt", log, "--format", "jsonl", "--quiet",
                   *(["--rules", rules] if rules else []), *arguments]
        with open(self.path("out"), "wb") as out, open(self.path("errors"), "wb") as errors:
            child = subprocess.Popen(command, stdout=out, stderr=errors, env=self.environment, cwd=self.folder)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(child.returncode, 0, (arguments, self.read("errors")[-2000:]))
        with open(self.path("out"), "rb") as out:
            return used.ru_utime + used.ru_stime, hashlib.file_digest(out, "sha256").hexdigest()

    def expect_sound(self, log, rules, found=0):
        """The same bytes as the reference engine, in at most so many times its time, within memory."""
        best = {}
        for _ in range(RUNS_MAX):
            for engine in ("reference", "fast"):
                seconds, digest = self.hunt(log, rules, "--threads", "1", "--engine", engine)
                best[engine] = min(best.get(engine, seconds), seconds)
                self.assertEqual(digest, best.setdefault("digest", digest), engine)
            if best["fast"] <= TIMES_MAX * best["reference"]:
                break
        print(f"\n  {os.path.getsize(log) / 1e6:.1f} MB of {log.rpartition('.')[2]}: fast {best['fast']:.2f} s, "
              f"reference {best['reference']:.2f} s", end=" ", flush=True)
        self.assertLessEqual(best["fast"], TIMES_MAX * best["reference"])
        with open(self.path("out"), "rb") as out:
            self.assertEqual(sum(1 for _ in out), found)
        self.expect_memory(log, rules, best["digest"])

    def expect_memory(self, log, rules, digest=None):
        """Two threads stay within the limit, with and without the seal."""
        case = self.path("case")
        for more in ([], ["--case", case, "--by-reference"]):
            _, again = self.hunt(log, rules, "--threads", "2", *more)
            self.assertEqual(again, digest or again)
        shutil.rmtree(case)

    def expect_memory_with_all_rules(self, log):
        """With the starter pack, and with SigmaHQ's rules where they are."""
        self.expect_memory(log, None)
        if windows := self.all_rules():
            self.expect_memory(log, windows)

    def all_rules(self):
        try:
            return self.real_data("sigma/rules/windows")
        except unittest.SkipTest:
            return None

    # -- evidence

    def test_values_that_never_repeat(self):
        for kind, count in (("jsonl", 40_000), ("evtx", 8_000)):
            log = self.processes(kind, ({**{field: self.hex(60) for field in FIELDS},
                                         "CommandLine": self.hex(100) + " needle" * (i % 100 == 0)}
                                        for i in range(count)))
            self.expect_sound(log, self.one_rule(), found=count // 100)
            self.expect_memory_with_all_rules(log)

    def expect_kinds(self, record):
        for kind, count in (("jsonl", 1_000_000), ("evtx", 20_000)):
            log = self.log(kind, (record(i) for i in range(count)))
            self.expect_sound(log, self.one_rule())
            self.expect_memory_with_all_rules(log)

    def test_a_million_event_ids(self):
        self.expect_kinds(lambda i: ("Security", i + 1_000_000, SYSMON, {}))

    def test_a_million_channels_and_providers(self):
        self.expect_kinds(lambda i: (f"c{i}", 1, f"p{i}", {}))

    def test_more_event_ids_than_groups_and_all_of_them_in_rules(self):
        count = 3000
        rules = self.rules([block("s", f"EventID: {i}", f"A|contains: x{i}x") + "\n  condition: s"
                            for i in range(count)], "service: security")
        for kind in KINDS:
            log = self.log(kind, (("Security", i % count, SYSMON, {"A": f"ax{i % (count - 1)}x"})
                                  for i in range(count + 5)))
            self.expect_sound(log, rules, found=count - 1)

    def test_64_kib_in_every_field(self):
        """Every other record is as the one before the last."""
        same = {field: self.hex(BIG) for field in FIELDS}
        log = self.processes("jsonl", ({field: self.hex(BIG) for field in FIELDS} if i % 2 else same
                                       for i in range(150)))
        self.expect_sound(log, self.one_rule())
        self.expect_memory_with_all_rules(log)
        same = self.hex(BIG_EVTX)
        log = self.processes("evtx", ({"CommandLine": self.hex(BIG_EVTX) if i % 2 else same} for i in range(600)))
        self.expect_sound(log, self.one_rule())
        self.expect_memory_with_all_rules(log)

    def test_a_new_list_of_fields_in_every_record(self):
        for kind, count in (("jsonl", 20_000), ("evtx", 5_000)):
            log = self.processes(kind, ({f"k{i}_{j}": f"v{j}" for j in range(20)} for i in range(count)))
            self.expect_sound(log, self.one_rule())
            self.expect_memory_with_all_rules(log)
            self.expect_sound(log, self.keywords())

    def test_floods_leave_no_trace(self):
        """What is found in a log, and what is said of it, does not depend on what its worker met before."""
        folder = self.folder / "logs"
        folder.mkdir()

        def add(name, kind, records):
            os.rename(self.log(kind, records), folder / name)

        def needles(kind, count):
            number = len(os.listdir(folder))
            add(f"{number}.{kind}", kind, ((SYSMON + "/Operational", 1, SYSMON, {"CommandLine": f"needle {number}.{i}"})
                                           for i in range(count)))

        needles("evtx", 1)
        for kind, count in (("jsonl", 8_000), ("evtx", 4_000)):
            add(f"{len(os.listdir(folder))}.{kind}", kind, (
                (f"c{i}", 1, SYSMON, {f"k{i}_{j}": "v" for j in range(20)}) for i in range(count)))
            needles("evtx", 2)
            needles("jsonl", 3)
        add("channels.jsonl", "jsonl", ((f"channel {i}", 1, SYSMON, {}) for i in range(70_000)))
        add("later.evtx", "evtx", ((f"later {i}", 1, SYSMON, {}) for i in range(5)))
        said = []
        for threads in (1, 2, 3):
            for more in ([], ["--channel", "later 4", "--channel", SYSMON + "/Operational"]):
                found = self.run_ok("hunt", folder, "--rules", self.one_rule(), "--format", "jsonl", "--force",
                                    "--threads", threads, "--coverage", self.path("coverage.json"), *more)
                said.append((found, self.read("coverage.json")))
        self.assertEqual([found.count(b"\n") for found, _ in said], [11] * 6)
        self.assertEqual([len(set(said[i::2])) for i in range(2)], [1, 1])
        self.assertEqual(json.loads(said[0][1])["sources"][-1]["damage"], 0)

    # -- rules

    def expect_sound_rules(self, detections, count, size, found=0):
        rules = self.rules(detections)
        self.expect_sound(self.fresh("jsonl", count, size), rules, found)
        self.expect_sound(self.fresh("evtx", count // 2, size), rules, found // 2)

    def keywords(self):
        return self.rules([block("keywords", *values(f"word{i:04}x" for i in range(300))) + "\n  condition: keywords"])

    def test_hundreds_of_keywords(self):
        for kind in KINDS:
            self.expect_sound(self.fresh(kind, 6_000, 300), self.keywords())

    def test_contains_all_of_very_many(self):
        self.expect_sound_rules([block("s", "CommandLine|contains|all:", *values(self.hex(size) for _ in range(50)))
                                 + "\n  condition: s" for size in (3, 8) for _ in range(100)], 6_000, 200)

    def test_globs_of_very_many_pieces(self):
        self.expect_sound_rules([block("s", f"CommandLine|contains: '{self.glob(40)}*q'") + "\n  condition: s"
                                 for _ in range(300)], 6_000, 300)

    def test_globs_that_hold(self):
        # 100 rules for each record: findings that no memory could hold all at once.
        self.expect_sound_rules([block("s", f"CommandLine|contains: '{self.glob(6)}'") + "\n  condition: s"
                                 for _ in range(100)], 2_000, 500, found=200_000)

    def test_regular_expressions_that_backtrack_elsewhere(self):
        for pattern in ("(([0-9a-f])+)+[g-z]", "([0-9]|[0-8]|[0-7])*[g-z]$", "^(([0-9a-f]{1,8}){1,8})*[g-z]"):
            self.expect_sound_rules([block("s", f"CommandLine|re: '{pattern}{i}'") + "\n  condition: s"
                                     for i in range(50)], 6_000, 300)

    # Questions that only the fast engine answers: the reference stops at the image.
    NEVER = ("Image: never",)

    def test_expressions_behind_what_never_holds(self):
        self.expect_sound_rules([block("s", *self.NEVER, f"CommandLine|re: '[0-9].*[a-f]{{{i % 50 + 1}}}.*[x-z]'")
                                 + "\n  condition: s" for i in range(200)], 6_000, 4_000)

    def test_globs_behind_what_never_holds(self):
        self.expect_sound_rules([block("s", *self.NEVER, f"CommandLine|contains: '{self.glob(300)}'")
                                 + "\n  condition: s" for _ in range(300)], 6_000, 4_000)

    def test_short_literals_behind_what_never_holds(self):
        self.expect_sound_rules([block("s", *self.NEVER, "CommandLine|contains:",
                                       *values(self.hex(3) for _ in range(100)))
                                 + "\n  condition: s" for _ in range(100)], 6_000, 4_000)

    def test_ever_longer_literals_behind_what_never_holds(self):
        rules = self.rules([block("s", *self.NEVER, f"CommandLine|contains: '{'a' * i}'") + "\n  condition: s"
                            for i in range(4, 500)])
        for kind in KINDS:
            log = self.processes(kind, ({"Image": f"{i}.exe", "CommandLine": "a" * 4_000 + str(i)}
                                        for i in range(6_000)))
            self.expect_sound(log, rules)

    def test_one_of_very_many(self):
        searches = [block(f"s{i}", f"CommandLine|contains: '{self.hex(8)}'", f"User|contains: x{i}")
                    for i in range(1500)]
        self.expect_sound_rules(["\n".join(searches) + "\n  condition: 1 of s*"], 3_000, 200)

    def test_a_deep_condition(self):
        searches = [block(f"s{i}", f"CommandLine|contains: '{self.hex(2)}'") for i in range(60)]
        condition = "".join(f"s{i} {('and not', 'or')[i % 2]} (" for i in range(59)) + "s59" + ")" * 59
        searches.append(block("q", "User|contains: 'no'"))
        self.expect_sound_rules(["\n".join(searches) + f"\n  condition: ({condition}) and q"] * 30, 12_000, 200)

    def test_base64_offsets_of_wide_text(self):
        self.expect_sound_rules([block("s", f"CommandLine|wide|base64offset|contains: '{self.hex(6)}'")
                                 + "\n  condition: s" for _ in range(500)], 6_000, 300)

    def test_conditions_that_no_value_calls_for(self):
        self.expect_sound_rules(["\n".join(block(f"s{i}", f"CommandLine|contains: '{self.hex(8)}'") for i in range(50))
                                 + "\n" + block("q", "User|contains: '*'")
                                 + "\n  condition: not 1 of s* and not q" for _ in range(50)], 3_000, 200)


if __name__ == "__main__":
    main()
