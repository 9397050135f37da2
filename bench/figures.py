#!/usr/bin/env python3
"""Measures what the hunt and the seal must keep to by themselves, without any rival: how costs grow with rules, input
and threads, how long the first record takes, what verifying costs and what a case takes on disk.

    bench/figures.py --exhibit build/bench/exhibit --kernel build/bench/tests/kernel_alone --rules RULES
                     --more-rules FOLDER [--only FIGURE]... [--rounds 5] [--seed 1] [--note TEXT] [--result FILE]
                     NAME=PATH...
    bench/figures.py --table RESULT                        prints the result as a table in Markdown
    bench/figures.py --table RESULT --into FILE.md         puts it between <!-- figures --> and <!-- /figures -->

RULES is the folder of all rules; FOLDER may hold more of them, from which --rule-count (3000) are drawn for the
start-up. NAME=PATH is a file of JSON lines or an EVTX file, as for bench/peers.py. The figures, each for each input:

    rules     hunt with all rules and with each of three seeded halves of them
    growth    the first tenth of the input and all of it, one thread: peak and private memory
    private   private memory at two threads with all rules, under a limit of the kernel's (RLIMIT_DATA)
    start     start-up with so many rules to the end of a hunt in one process creation
    verify    `verify CASE`, which derives every commitment of the case again from source and key, against sealing, and
              against the hash kernel alone over the same blocks
    disk      what a case sealed in place takes beside the evidence
    threads   wall time of one thread and of two

CPU is user + system, the median of interleaved rounds; start-up, the same command on one record, is taken off but in
`start`. Memory is the most of all rounds. A run that fails ends in exit status 1; a figure that is missed stands in the
table as such. Set TMPDIR=/dev/shm, and leave the machine alone: above a load of 0.5 before the start a warning is
printed and kept in the result.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import measuring
from measuring import Data, median

LOAD_MAX = 0.5
PRIVATE_MIB_MAX = 256
HALVES = 3
RULES_MAX, GROWTH_MAX, START_S_MAX, KERNEL_MIN, DISK_MAX, THREADS_MIN = 1.25, 1.1, 0.15, 0.8, 0.05, 1.8
SMALL_EVERY_S = 0.002  # how often memory is looked at: a tenth of the input is read in a fraction of a second
RULE_ID = re.compile(r"^id: *([0-9a-f-]{36})", re.MULTILINE)

# Routed to more rules than any other event. Nothing of it is found.
PROCESS_CREATION = json.dumps({
    "EventTime": "2026-03-04T08:12:33Z", "Hostname": "ws1.corp.example",
    "Channel": "Microsoft-Windows-Sysmon/Operational", "Provider": "Microsoft-Windows-Sysmon", "EventID": 1,
    "Image": r"C:\Program Files\Editor\editor.exe", "OriginalFileName": "editor.exe",
    "CommandLine": r"editor.exe C:\Users\ann\letter.txt", "CurrentDirectory": "C:\\Users\\ann\\", "User": r"CORP\ann",
    "ParentImage": r"C:\Windows\explorer.exe", "ParentCommandLine": "explorer.exe",
    "Company": "Editors", "Product": "Editor", "IntegrityLevel": "Medium"}) + "\n"
# Routed to no log: what is left of a hunt with it is reading.
NO_RULE = """title: Nothing
id: 5f3a2c1e-0000-4000-8000-00000000ffff
status: test
logsource: {product: windows, service: a-service-that-does-not-exist}
detection: {selection: {EventID: 1}, condition: selection}
level: low
"""


class Bench:
    def __init__(self, arguments, folder):
        self.exhibit, self.kernel, self.rules = arguments.exhibit, arguments.kernel, arguments.rules
        self.rounds, self.seed, self.folder = arguments.rounds, arguments.seed, folder
        self.more_rules, self.rule_count = arguments.more_rules, arguments.rule_count
        self.environment = dict(os.environ, EXHIBIT_HOME=str(folder / "home"))
        self.no_rule = folder / "nothing.yml"
        self.no_rule.write_text(NO_RULE)

    def fresh(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    def hunt(self, data, rules=None, threads=1, case=None, mapping=False):
        return [self.exhibit, "hunt", "-f", "jsonl", "-j", str(threads), "-r", str(rules or self.rules),
                *([] if mapping else ["--no-builtin-mapping"]),
                *(["--case", str(case), "--by-reference"] if case else []), str(data.path)]

    def once(self, make, every_s=0.02):
        """Runs the command that `make` gives for a fresh folder."""
        fresh = self.fresh()
        try:
            command = make(fresh)
            row = measuring.run([str(part) for part in command], fresh / "out", self.environment, every_s=every_s)
            if row["exit"] != 0:
                sys.exit(f"exit status {row['exit']}: {' '.join(map(str, command))}")
            return row
        finally:
            shutil.rmtree(fresh)

    def interleaved(self, makers, rounds=None):
        """{name: rows}; every round runs each of them once, in turn."""
        rows = {name: [] for name in makers}
        for _ in range(rounds or self.rounds):
            for name, make in makers.items():
                rows[name].append(self.once(make))
        return rows

    def cpu(self, data, makers):
        """{name: CPU s without start-up}, of makers that take the data and a fresh folder."""
        one = data.one_record(self.folder)
        both = {}
        for name, make in makers.items():
            both[name] = lambda fresh, make=make: make(data, fresh)
            both[name, "start"] = lambda fresh, make=make: make(one, fresh)
        rows = self.interleaved(both)
        return {name: round(median(rows[name], "cpu_s") - median(rows[name, "start"], "cpu_s"), 4) for name in makers}

    def half_of_rules(self, seed):
        """A folder with a seeded half of the rules."""
        files = sorted(pathlib.Path(self.rules).rglob("*.yml"))
        return self.copied(random.Random(seed).sample(files, len(files) // 2), f"half-{seed}")

    def copied(self, files, name):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        for i, file in enumerate(files):
            shutil.copyfile(file, folder / f"{i}-{file.name}")
        return folder

    def many_rules(self):
        """A folder with so many rules of different ids: of --rules, and where they are too few of --more-rules."""
        chosen, ids = [], set()
        draw = random.Random(self.seed)
        for folder in (self.rules, self.more_rules):
            files = sorted(pathlib.Path(folder).rglob("*.yml")) if folder else []
            draw.shuffle(files)
            for file in files:
                found = RULE_ID.search(file.read_text(errors="replace"))
                if found and found[1] not in ids and len(chosen) < self.rule_count:
                    ids.add(found[1])
                    chosen.append(file)
        if len(chosen) < self.rule_count:
            sys.exit(f"{len(chosen)} rules of different ids, {self.rule_count} are wanted: see --more-rules")
        return self.copied(chosen, "many")


def figure(wanted, measured, met, **details):
    return {"wanted": wanted, "measured": measured, "met": bool(met), **details}


def tenth(data, folder):
    """The first tenth of an input, cut between records (chunks)."""
    path = folder / f"{data.name}.tenth"
    with open(data.path, "rb") as file, open(path, "wb") as out:
        if data.kind == "evtx":
            chunks = data.bytes // measuring.CHUNK // 10
            out.write(measuring.file_header(chunks, 1))
            file.seek(measuring.HEADER)
            out.write(file.read(chunks * measuring.CHUNK))
        else:
            out.write(file.read(data.bytes // 10))
            out.write(file.readline())
    return Data(data.name, path)


def rules(bench, data):
    """Which rules are in a half matters more than chance in timing, so there are several halves."""
    halves = {seed: bench.half_of_rules(seed) for seed in range(bench.seed, bench.seed + HALVES)}
    makers = {str(seed): lambda d, _, half=half: bench.hunt(d, half) for seed, half in halves.items()}
    cost = bench.cpu(data, {"all": lambda d, _: bench.hunt(d), **makers})
    ratios = sorted(cost["all"] / cost[str(seed)] for seed in halves)
    yield "hunt", figure(f"all rules at most {RULES_MAX} times a half",
                         f"{', '.join(f'{ratio:.2f}' for ratio in ratios)} times, of {HALVES} halves",
                         ratios[-1] <= RULES_MAX, ratios=ratios, cpu_s=cost)


def hunts(bench, data, **more):
    """A hunt without and with the seal, as makers."""
    yield "hunt", lambda _: bench.hunt(data, **more)
    yield "hunt and seal", lambda fresh: bench.hunt(data, case=fresh / "case", **more)


def most_memory(bench, makes):
    """The most that each of the makers' runs took, MiB: peak and private."""
    rows = [[bench.once(make, SMALL_EVERY_S) for make in makes] for _ in range(bench.rounds)]
    return {key: [round(max(row[i][key] for row in rows), 1) for i in range(len(makes))]
            for key in ("peak_mib", "private_mib")}


def growth(bench, data):
    small = tenth(data, bench.folder)
    for (name, before), (_, after) in zip(hunts(bench, small), hunts(bench, data)):
        most = most_memory(bench, (before, after))
        ratios = {key: large / little for key, (little, large) in most.items()}
        shown = [f"{ratios[key]:.2f} times ({most[key][0]:.0f} to {most[key][1]:.0f} MiB)" for key in most]
        yield name, figure(f"ten times the input at most {GROWTH_MAX} times the memory",
                           f"peak {shown[0]}, private {shown[1]}", max(ratios.values()) <= GROWTH_MAX, ratios=ratios,
                           tenth_and_all=most, bytes=[small.bytes, data.bytes])


def private(bench, data):
    limit = ["prlimit", f"--data={PRIVATE_MIB_MAX << 20}"]
    for name, make in hunts(bench, data, threads=2):
        most, = most_memory(bench, [lambda fresh, make=make: limit + make(fresh)])["private_mib"]
        yield name, figure(f"private memory at 2 threads within {PRIVATE_MIB_MAX} MiB",
                           f"{most:.0f} MiB; the kernel would have refused more", most <= PRIVATE_MIB_MAX,
                           private_mib=most)


def start(bench, _):
    many = bench.many_rules()
    one = bench.folder / "one.jsonl"
    one.write_text(PROCESS_CREATION)
    data = Data("one", one)
    rows = bench.interleaved({"no built-in mapping": lambda _: bench.hunt(data, many),
                              "built-in mapping": lambda _: bench.hunt(data, many, mapping=True)}, 4 * bench.rounds)
    for name, of_name in rows.items():
        wall, cpu = median(of_name, "wall_s"), median(of_name, "cpu_s")
        yield name, figure(f"{bench.rule_count:,} rules and one record below {START_S_MAX * 1000:.0f} ms",
                           f"{wall * 1000:.0f} ms ({cpu * 1000:.0f} ms of CPU)", wall < START_S_MAX, wall_s=wall,
                           least_wall_s=round(min(row["wall_s"] for row in of_name), 4), cpu_s=cpu, seed=bench.seed)


def verify(bench, data):
    """What each makes beyond reading: reading is a hunt with a rule that is routed nowhere."""
    cases = {}

    def verified(data, _):
        if data.path not in cases:
            cases[data.path] = bench.fresh() / "case"
            bench.once(lambda _: bench.hunt(data, case=cases[data.path]))
        trust = bench.folder / "trust"
        if not trust.exists():
            trust.write_bytes(subprocess.run([bench.exhibit, "key", "list"], env=bench.environment,
                                             stdout=subprocess.PIPE, check=True).stdout)
        return [bench.exhibit, "verify", "-j", "1", cases[data.path], "--trust", trust]

    def added(data, fresh):
        subprocess.run([bench.exhibit, "open", "-q", fresh / "case"], env=bench.environment,
                       stdout=subprocess.DEVNULL, check=True)
        return [bench.exhibit, "add", "-j", "1", "--by-reference", fresh / "case", data.path]

    cost = bench.cpu(data, {
        "read": lambda d, _: bench.hunt(d, bench.no_rule), "hunt": lambda d, _: bench.hunt(d),
        "hunt and seal": lambda d, fresh: bench.hunt(d, case=fresh / "case"), "add": added, "verify": verified})
    alone = [json.loads(subprocess.run([bench.kernel, data.path], stdout=subprocess.PIPE, check=True).stdout)
             for _ in range(bench.rounds)]
    kernel, commit = median(alone, "kernel_s"), median(alone, "commit_s")
    deriving, sealing = cost["verify"] - cost["read"], cost["hunt and seal"] - cost["hunt"]
    details = {"cpu_s": cost, "kernel_s": kernel, "commit_s": commit,
               "kernel": {key: alone[0][key] for key in ("kernel", "blocks", "records", "result")}}
    ratios = {
        "against sealing without rules, reading included": (cost["add"] / cost["verify"], 1),
        "against what sealing adds to a hunt, reading off": (sealing / deriving, 1),
        "against the hash kernel alone, reading off": (kernel / deriving, KERNEL_MIN),
        "commitments in memory against the hash kernel alone": (kernel / commit, KERNEL_MIN)}
    for what, (ratio, wanted) in ratios.items():
        yield what, figure("at least as fast" if wanted == 1 else f"at least {wanted} of its speed",
                           f"{ratio:.2f} times as fast", ratio >= wanted, ratio=ratio, **details)
        details = {}


def disk(bench, data):
    folder = bench.fresh()
    bench.once(lambda _: bench.hunt(data, case=folder / "case"))
    sizes = {}
    for file in sorted((folder / "case").rglob("*")):
        if file.is_file():
            top = file.relative_to(folder / "case").parts[0]
            sizes[top] = sizes.get(top, 0) + file.stat().st_size
    added = sum(size for top, size in sizes.items() if top not in ("ledger", "runs"))
    share, whole = added / data.bytes, sum(sizes.values()) / data.bytes
    yield "sealed in place", figure(f"at most {DISK_MAX:.0%} of the evidence without ledger and findings",
                                    f"{share:.1%} (trees {sizes['sources'] / data.bytes:.1%}, rules "
                                    f"{sizes['criteria'] / data.bytes:.1%}; whole case {whole:.1%})",
                                    share <= DISK_MAX, share=share, bytes=sizes)


def threads(bench, data):
    for (name, one), (_, two) in zip(hunts(bench, data, threads=1), hunts(bench, data, threads=2)):
        rows = bench.interleaved({"1": one, "2": two})
        wall, cpu = ({count: median(rows[count], key) for count in rows} for key in ("wall_s", "cpu_s"))
        ratio = wall["1"] / wall["2"]
        yield name, figure(f"two threads at least {THREADS_MIN} times one", f"{ratio:.2f} times ({wall['1']:.2f} to "
                           f"{wall['2']:.2f} s)", ratio >= THREADS_MIN, ratio=ratio, wall_s=wall, cpu_s=cpu)


FIGURES = {"rules": rules, "growth": growth, "private": private, "start": start, "verify": verify, "disk": disk,
           "threads": threads}
OF_NO_INPUT = ("start",)


def measure(arguments, folder):
    load = round(os.getloadavg()[0], 2)
    if load > LOAD_MAX:
        print(f"warning: the load of this machine is {load}: times are not to be trusted, those of threads least",
              file=sys.stderr)
    bench = Bench(arguments, folder)
    inputs = [measuring.data_of(argument, folder) for argument in arguments.inputs]
    result = {"schema": "exhibit/figures/1", "date": datetime.date.today().isoformat(),
              "processor": measuring.processor(), "load_before": load, "note": arguments.note,
              "rounds": arguments.rounds,
              "rules": sum(1 for _ in pathlib.Path(arguments.rules).rglob("*.yml")),
              "version": subprocess.run([arguments.exhibit, "version"], stdout=subprocess.PIPE, text=True,
                                        check=True).stdout.split("\n")[0],
              "inputs": {data.name: {"kind": data.kind, "bytes": data.bytes} for data in inputs}, "figures": []}
    for name in arguments.only or FIGURES:
        for data in [None] if name in OF_NO_INPUT else inputs:
            print(name, data.name if data else "", file=sys.stderr)
            for what, found in FIGURES[name](bench, data):
                result["figures"].append({"figure": name, "input": data.name if data else "", "what": what, **found})
    return result


def table(result):
    inputs = "; ".join(f"{name}: {'EVTX' if of['kind'] == 'evtx' else 'JSON lines'}, {of['bytes'] / 1e6:,.0f} MB"
                       for name, of in result["inputs"].items())
    notes = [f"The load before was {result['load_before']}: the machine was busy."] * (result["load_before"] > LOAD_MAX)
    notes += [result["note"]] * bool(result["note"])
    out = [f"{measuring.described(result['processor'])}, {result['date']}; {result['rules']} rules, {result['rounds']} "
           f"rounds. {result['version']}. {inputs}. {' '.join(notes)}".rstrip(), "",
           "| figure | input | of what | wanted | measured | |", "|---|---|---|---|---|---|"]
    out += [f"| {row['figure']} | {row['input']} | {row['what']} | {row['wanted']} | {row['measured']} | "
            f"{'' if row['met'] else '**missed**'} |" for row in result["figures"]]
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="*", metavar="NAME=PATH")
    for flag in ("exhibit", "kernel", "rules", "more-rules"):
        parser.add_argument("--" + flag)
    parser.add_argument("--only", action="append", choices=FIGURES, help="only this figure; may be repeated")
    parser.add_argument("--rule-count", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    parser.add_argument("--result", type=pathlib.Path, help="default: bench/results/DATE-CPU-figures.json")
    parser.add_argument("--table", type=pathlib.Path, metavar="RESULT")
    parser.add_argument("--into", type=pathlib.Path, metavar="FILE.md")
    arguments = parser.parse_args()
    if arguments.table:
        text = table(json.loads(arguments.table.read_text()))
        return measuring.put_into(arguments.into, "figures", text) if arguments.into else print(text, end="")
    if not (arguments.exhibit and arguments.rules and arguments.inputs):
        parser.error("--exhibit, --rules and at least one NAME=PATH are needed")
    if "verify" in (arguments.only or FIGURES) and not arguments.kernel:
        parser.error("--kernel is needed for the figure verify")
    with tempfile.TemporaryDirectory(prefix="exhibit-figures-") as folder:
        result = measure(arguments, pathlib.Path(folder))
    path = arguments.result or measuring.result_path(result["processor"], "-figures")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(table(result) + f"\n{path}")


if __name__ == "__main__":
    main()
