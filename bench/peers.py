#!/usr/bin/env python3
"""Compares Exhibit with other programs over the same files and the same rules: first what they find, then what it costs.

    bench/peers.py --exhibit build/bench/exhibit --rules RULES [--before PATH] [--rsigma PATH] [--evtx-dump PATH] [--hayabusa PATH]
                   [--chainsaw PATH --chainsaw-mapping FILE] [--zircolite PATH --zircolite-rules FILE]
                   [--rounds 3] [--threads 1] [--note TEXT] [--result FILE] NAME=PATH...

NAME=PATH is a file of JSON lines (.json, .jsonl), an EVTX file, or a folder of EVTX files. NAME=chunks:FOLDER:BYTES makes one
EVTX file of so many bytes from the chunks of the EVTX files below FOLDER, again and again.

--before is another build of Exhibit: what a change did, over the same files in the same rounds. Its findings must be the same bytes.

Answers: finding sets are compared rule by rule and record by record, and each difference must be explained in
bench/differences.md by a line "- `RIVAL` `json|evtx|any` `only-exhibit|only-rival` `RULE ID or *`"; what is not ends in exit
status 1 and stands in the result. Then the rounds: every program once on each file and once on one record of it (its
start-up), in turn; what takes less than a second up to five times. CPU is user + system of the process. Memory is the peak of the resident set (VmHWM), and of its private part
(RssAnon), both looked at every 20 ms. Ratios are of medians: with start-up and our acquisition hash off, with start-up off,
and whole. Figures of one machine are never compared with another's.

    bench/peers.py --table RESULT                    prints the result as a table in Markdown
    bench/peers.py --table RESULT --into FILE.md [--mark NAME]
                                                     puts it between the lines <!-- peers --> and <!-- /peers --> of FILE.md,
                                                     or those of another NAME

--hayabusa is the program with its `rules` beside it; for --zircolite run this with the Python that has Zircolite's packages.

Set TMPDIR=/dev/shm, so that cases and outputs are written to memory and disks do not blur the figures.
"""
import argparse
import datetime
import json
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import measuring
import peer_answers
import peer_programs as programs
from measuring import median

HERE = pathlib.Path(__file__).resolve().parent
NAMES = {False: "exhibit", True: "exhibit, mapped"}  # with the built-in mapping, for a rival that has one


def measured(program, data, folder):
    """One run; what it prints goes to a file."""
    fresh = pathlib.Path(tempfile.mkdtemp(dir=folder))
    try:
        return measuring.run(program.command(data, fresh), fresh / "out", dict(os.environ, EXHIBIT_HOME=str(folder / "home")),
                             digested=program.repeats)
    finally:
        shutil.rmtree(fresh)


def turn(program, data, folder):
    """What is over in no time is run again, so that it is measured as well as what takes long."""
    runs = [measured(program, data, folder)]
    while len(runs) < 5 and sum(run["cpu_s"] for run in runs) < 1:
        runs.append(measured(program, data, folder))
    return runs


def in_child(work, *arguments):
    """Runs `work` in a process of its own: what it holds would count into the peak of programs started from here."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(work, arguments)


def compared(exhibit, rival, data, known, folder):
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        fresh = pathlib.Path(fresh)
        shared = rival.shared_rules()
        answers = [[answer for answer in program.answers(data, fresh) if shared is None or answer[1] in shared]
                   for program in (exhibit, rival)]
        if data.kind == "json" and not rival.names_json_records:
            answers = [[(rule, title, programs.ANY_RECORD) for rule, title, _ in found] for found in answers]
        result = peer_answers.compare(*answers, rival.name, data.kind, known)
        return result if shared is None else {"rules_compared": len(shared), **result}


def records_of(exhibit, data, folder):
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        coverage = pathlib.Path(fresh) / "coverage.json"
        subprocess.run(exhibit.base() + ["--coverage", str(coverage), str(data.path)], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        return json.loads(coverage.read_text())["records"]


def lines_printed(program, data, folder):
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        fresh = pathlib.Path(fresh)
        with open(programs.output_of(program.command(data, fresh), fresh / "out"), "rb") as out:
            return sum(1 for line in out if line.startswith(b"{"))


def summary(rows, start, records):
    cpu, start_cpu = median(rows, "cpu_s"), median(start, "cpu_s")
    return {"cpu_s": cpu, "start_up_cpu_s": start_cpu, "wall_s": median(rows, "wall_s"),
            "start_up_wall_s": median(start, "wall_s"), "peak_mib": round(max(row["peak_mib"] for row in rows), 1),
            "private_mib": round(max(row["private_mib"] for row in rows), 1),
            "us_per_record": round((cpu - start_cpu) / records * 1e6, 3), "exit": rows[0]["exit"],
            "cpu_s_of_runs": [round(row["cpu_s"], 3) for row in rows]}


def compare_costs(all_programs, data, folder, rounds):
    one = data.one_record(folder)
    rows, start = {}, {}
    for _ in range(rounds):
        for program in all_programs:
            rows.setdefault(program.name, []).extend(turn(program, data, folder))
            start.setdefault(program.name, []).extend(turn(program, one, folder))
    digests = {}
    for program in all_programs:
        digests.setdefault(program.builtin, set()).update(row["output_sha256"] for row in rows[program.name])
        if len(digests[program.builtin] - {None}) > 1:
            sys.exit(f"{data.name}: Exhibit's findings differ between rounds, builds, or with the seal on")
    return rows, start, (digests[False] - {None}).pop()


def measure(arguments, folder):
    ours = {builtin: [programs.Exhibit(arguments.exhibit, arguments.rules, arguments.threads, seal, NAMES[builtin], builtin)
                      for seal in (False, True)] for builtin in NAMES}
    hunt = ours[False][0]
    before = [programs.Exhibit(arguments.before, arguments.rules, arguments.threads, seal=seal, name="before")
              for seal in (False, True)] if arguments.before else []
    rivals = []
    if arguments.rsigma:
        rivals.append(programs.RSigma(arguments.rsigma, arguments.rules))
    if arguments.evtx_dump:
        rivals.append(programs.EvtxDump(arguments.evtx_dump))
    if arguments.hayabusa:
        rivals.append(programs.Hayabusa(arguments.hayabusa, arguments.rules))
    if arguments.chainsaw:
        rivals.append(programs.Chainsaw(arguments.chainsaw, arguments.rules, arguments.chainsaw_mapping))
    if arguments.zircolite:
        rivals.append(programs.Zircolite(arguments.zircolite, arguments.zircolite_rules))
    known = peer_answers.explained(HERE / "differences.md")
    result = {"schema": "exhibit/peers/1", "date": datetime.date.today().isoformat(), "processor": measuring.processor(),
              "note": arguments.note, "rounds": arguments.rounds, "threads": arguments.threads,
              "load_before": round(os.getloadavg()[0], 2),
              "rules": sum(1 for _ in pathlib.Path(arguments.rules).rglob("*.yml")),
              "versions": {program.name: program.version() for program in [hunt, *rivals]}, "inputs": {}}
    for argument in arguments.inputs:
        data = measuring.data_of(argument, folder)
        print(f"{data.name}: answers", file=sys.stderr)
        records = records_of(hunt, data, folder)
        entry = {"kind": data.kind, "bytes": data.bytes, "records": records, "answers": {}}
        here = [rival for rival in rivals if rival.takes(data.kind)]
        for rival in here:
            if rival.rules:
                entry["answers"][rival.name] = in_child(compared, ours[rival.builtin][0], rival, data, known, folder)
            elif rival.takes(data.kind) and data.path.is_file():
                entry["answers"][rival.name] = {"records": lines_printed(rival, data, folder)}
        print(f"{data.name}: rounds", file=sys.stderr)
        mine = [program for builtin in sorted({False, *(rival.builtin for rival in here)}) for program in ours[builtin]]
        rows, start, entry["findings_sha256"] = compare_costs([*mine, *before, programs.Acquisition(), *here], data, folder,
                                                              arguments.rounds)
        entry["programs"] = {name: summary(rows[name], start[name], records) for name in rows}
        entry["ratios"] = {f"{other.name} / {own.name}": ratios(entry["programs"], other.name, own.name)
                           for other in [*before, *here] for own in ours[other.builtin]}
        result["inputs"][data.name] = entry
    return result


def ratios(costs, rival, mine):
    """Of all CPU; of that without start-up; and with our acquisition hash off as well, which no rival has and which one
    stream of SHA-256 bounds. Null where what is left is too little to be divided by."""
    def work(name):
        return costs[name]["cpu_s"] - costs[name]["start_up_cpu_s"]

    def over(ours):
        return round(work(rival) / ours, 2) if ours > 0.05 else None

    hashing = work(programs.Acquisition.name) if rival != "before" else 0
    return {"whole": round(costs[rival]["cpu_s"] / costs[mine]["cpu_s"], 2), "without_start_up": over(work(mine)),
            "without_hash": over(work(mine) - hashing)}


def unexplained(result):
    return [f"{name}: {rival}: only {difference['only']}: {difference['rule']} {difference['title']} "
            f"({difference['count']} records, such as {difference['records'][0]})"
            for name, entry in result["inputs"].items() for rival, answers in entry["answers"].items()
            for difference in answers.get("differences", []) if not difference["explained"]]


def table(result):
    cpu = result["processor"]
    versions = "; ".join(version for version in result["versions"].values() if version)
    out = [f"{measuring.described(cpu)}, {result['date']}; {result['rules']} rules, {result['threads']} thread{'s' if result['threads'] > 1 else ''}, median of "
           f"{result['rounds']} interleaved rounds. {versions}." + (f" {result['note']}" if result["note"] else ""), ""]
    for name, entry in result["inputs"].items():
        out += [f"**{name}**: {'EVTX' if entry['kind'] == 'evtx' else 'JSON lines'}, {entry['records']:,} records, "
                f"{entry['bytes'] / 1e6:,.0f} MB.", "",
                "| | CPU s | of it start-up | µs a record | wall s | peak MB | of it private | its CPU / hunt: hash off / "
                "start-up off / whole | its CPU / hunt and seal |",
                "|---|---|---|---|---|---|---|---|---|"]
        for program, cost in entry["programs"].items():
            shown = [""] * 2
            for i, mine in enumerate(("hunt", "hunt and seal")):
                for name in NAMES.values():
                    if ratio := entry["ratios"].get(f"{program} / {name}, {mine}"):
                        shown[i] = " / ".join("–" if part is None else f"{part:.{2 if part < 100 else 0}f}" for part in
                                              (ratio["without_hash"], ratio["without_start_up"], ratio["whole"]))
            out.append(f"| {program} | {cost['cpu_s']:.2f} | {cost['start_up_cpu_s']:.2f} | {cost['us_per_record']:.2f} | "
                       f"{cost['wall_s']:.2f} | {cost['peak_mib']:.0f} | {cost['private_mib']:.0f} | {shown[0]} | {shown[1]} |")
        for rival, answers in entry["answers"].items():
            if "records" in answers:
                out += ["", f"{rival} prints {answers['records']:,} records."]
                continue
            only = {side: sum(d["count"] for d in answers["differences"] if d["only"] == side) for side in ("exhibit", "rival")}
            left = sum(not d["explained"] for d in answers["differences"])
            shared = f" (of the {answers['rules_compared']:,} rules that both have)" if "rules_compared" in answers else ""
            out += ["", f"Findings{shared}: {answers['findings']:,}; of {rival}: {answers['findings_of_rival']:,}; the same {answers['same']:,}, "
                    f"only here {only['exhibit']:,}, only there {only['rival']:,}; "
                    + (f"{left} differences not explained." if left else "each difference is explained in `bench/differences.md`.")]
        out.append("")
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="*", metavar="NAME=PATH")
    for flag in ("exhibit", "before", "rules", "rsigma", "evtx-dump", "hayabusa", "chainsaw", "chainsaw-mapping", "zircolite",
                 "zircolite-rules"):
        parser.add_argument("--" + flag)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    parser.add_argument("--result", type=pathlib.Path, help="default: bench/results/DATE-CPU.json")
    parser.add_argument("--table", type=pathlib.Path, metavar="RESULT")
    parser.add_argument("--into", type=pathlib.Path, metavar="FILE.md")
    parser.add_argument("--mark", default="peers")
    arguments = parser.parse_args()
    if arguments.table:
        text = table(json.loads(arguments.table.read_text()))
        return measuring.put_into(arguments.into, arguments.mark, text) if arguments.into else print(text)
    if not (arguments.exhibit and arguments.rules and arguments.inputs):
        parser.error("--exhibit, --rules and at least one NAME=PATH are needed")
    with tempfile.TemporaryDirectory(prefix="exhibit-peers-") as folder:
        result = measure(arguments, pathlib.Path(folder))
    path = arguments.result or measuring.result_path(result["processor"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(path)
    if left := unexplained(result):
        sys.exit("differences that bench/differences.md does not explain:\n  " + "\n  ".join(left))


if __name__ == "__main__":
    main()
