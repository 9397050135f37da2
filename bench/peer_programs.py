"""How bench/peers.py runs each program, and how its findings are read.

A program has a name, says whether it takes a kind of input ("json": JSON lines, "evtx"), gives the command line of a
measured run, and gives its answers: (rule id, or title where it prints no id; title; record), where a record is known by its
content (JSON lines) or by computer, channel and EventRecordID (EVTX), or not at all (JSON lines of a program that does not print them
as they were): then findings are counted by rule. Hayabusa, Chainsaw and Zircolite are run as their documentation
says; give their paths to use them.
"""
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ANY_RECORD = "*"
TITLE_ONLY = "title:"  # before what stands for a rule that is known by title only
HEAD_OF_RULE = re.compile(r"^(id|status|title):[ \t]*(.*?)[ \t]*$", re.MULTILINE)


def json_record(event):
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def evtx_record(system):
    """Of evtx_dump's form of an event's System."""
    return evtx_identity(system.get("Computer"), system.get("Channel"), system.get("EventRecordID"))


def evtx_identity(computer, channel, record_id):
    return f"{computer}|{channel}|{record_id}".lower()


def lines_of(path):
    with open(path, "rb") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def output_of(command, path, environment=None):
    with open(path, "wb") as out:
        subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL, env=environment, check=False)
    return path


class Program:
    name = ""
    rules = True        # it judges by rules, so its answers can be compared
    repeats = False     # it prints the same bytes each time
    kinds = ("json", "evtx")
    names_json_records = True
    builtin = False     # it puts Sysmon rules to built-in events too

    def takes(self, kind):
        return kind in self.kinds

    def command(self, data, folder):
        """The measured command; `folder` is fresh and removed after the run."""
        raise NotImplementedError

    def answers(self, data, folder):
        raise NotImplementedError

    def version(self):
        return ""

    def shared_rules(self):
        """{title: id} of the rules that are compared; None for all."""
        return None


def heads_of_rules(folder):
    """(id, status, title) of the rule files below a folder."""
    for path in sorted(pathlib.Path(folder).rglob("*.yml")):
        head = {key: value.strip("'\"") for key, value in HEAD_OF_RULE.findall(path.read_text(errors="replace"))}
        if "title" in head:
            yield head.get("id"), head.get("status"), head["title"]


def first_line(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().splitlines()[0]


class Exhibit(Program):
    """--no-builtin-mapping unless `builtin`: no rival of the table but Hayabusa puts Sysmon rules to built-in events."""

    repeats = True

    def __init__(self, path, rules, threads, seal=False, name="exhibit", builtin=False):
        self.path, self.rule_path, self.threads, self.seal, self.builtin = path, rules, threads, seal, builtin
        self.name = f"{name}, hunt and seal" if seal else f"{name}, hunt"

    def base(self):
        return [self.path, "hunt", *([] if self.builtin else ["--no-builtin-mapping"]), "--format", "jsonl",
                "--threads", str(self.threads), "--rules", self.rule_path]

    def command(self, data, folder):
        seal = ["--case", str(folder / "case"), "--by-reference"] if self.seal else []
        return self.base() + seal + [str(data.path)]

    def version(self):
        return first_line([self.path, "version"])

    def answers(self, data, folder):
        """--full: the record header's number, which a finding names, need not be the EventRecordID that others name: exported
        records are numbered anew."""
        full = ["--full"] if data.kind == "evtx" else []
        found = output_of(self.base() + full + [str(data.path)], folder / "exhibit.jsonl")
        opened = {}
        for finding in lines_of(found):
            rule, record = finding["rule"], finding["record"]
            if data.kind == "evtx":
                key = evtx_record(finding["full"]["Event"]["System"])
            else:
                path = finding["source"]["path"]
                source = opened.setdefault(path, open(path, "rb"))
                source.seek(record["offset"])
                key = json_record(json.loads(source.read(record["length"])))
            yield rule["id"] or TITLE_ONLY + rule["title"], rule["title"], key


class RSigma(Program):
    name = "rsigma"

    def __init__(self, path, rules):
        self.path, self.rule_path = path, rules

    def base(self):
        return [self.path, "engine", "eval", "-r", self.rule_path, "-p", "sysmon"]

    def command(self, data, folder):
        return self.base() + ["-e", f"@{data.path}"]

    def version(self):
        return first_line([self.path, "--version"])

    def answers(self, data, folder):
        found = output_of(self.base() + ["--include-event", "-e", f"@{data.path}"], folder / "rsigma.jsonl")
        for finding in lines_of(found):
            event = finding["event"]
            key = evtx_record(event["Event"]["System"]) if data.kind == "evtx" else json_record(event)
            title = finding["rule_title"]
            yield finding.get("rule_id") or TITLE_ONLY + title, title, key


class EvtxDump(Program):
    """No rules: it prints. Its count of records is what is compared."""

    name, rules, kinds = "evtx_dump", False, ("evtx",)

    def __init__(self, path):
        self.path = path

    def command(self, data, folder):
        return [self.path, "-o", "jsonl", "-t", "1", str(data.path)]

    def version(self):
        return first_line([self.path, "--version"])


class Hayabusa(Program):
    """Its rules are its own conversion, under ids of its own: answers are compared by title, over the rules that it has and has
    switched on. Each Sysmon rule has a second form there for built-in events, so it is compared with Exhibit's mapping on.

    -A -a: without them it switches off the rules for channels that it does not see at a file's beginning, which halves what it
    finds in one file of many channels."""

    name, names_json_records, builtin = "hayabusa", False, True
    SWITCHED_OFF = ("deprecated", "unsupported")

    def __init__(self, path, rules):
        self.path, self.rule_path = path, rules

    def command(self, data, folder):
        return [self.path, "dfir-timeline", "-w", "-q", "-N", "-C", "-t", "jsonl", "-U", "-b", "-p", "super-verbose",
                *(["-J"] if data.kind == "json" else ["-A", "-a"]), "-d" if data.path.is_dir() else "-f", str(data.path),
                "-o", str(folder / "hayabusa.jsonl")]

    def version(self):
        return first_line([self.path, "help"]).partition(" - ")[0]

    def shared_rules(self):
        rules = pathlib.Path(self.path).parent / "rules"
        off = {found for name in ("exclude_rules", "noisy_rules")
               for found in re.findall(r"^[0-9a-f-]{36}", (rules / "config" / f"{name}.txt").read_text(), re.MULTILINE)}
        theirs = {title for rule, status, title in heads_of_rules(rules) if rule not in off and status not in self.SWITCHED_OFF}
        return {title: rule for rule, _, title in heads_of_rules(self.rule_path) if title in theirs}

    def answers(self, data, folder):
        subprocess.run(self.command(data, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        shared = self.shared_rules()
        for finding in lines_of(folder / "hayabusa.jsonl"):
            if rule := shared.get(finding["RuleTitle"]):
                yield (rule, finding["RuleTitle"],
                       evtx_identity(finding["Computer"], finding["Channel"], finding.get("RecordID")))


class Chainsaw(Program):
    name, kinds = "chainsaw", ("evtx",)

    def __init__(self, path, rules, mapping):
        self.path, self.rule_path, self.mapping = path, rules, mapping

    def command(self, data, folder):
        return [self.path, "hunt", "-s", self.rule_path, "-m", self.mapping, "--jsonl", "-q", "--skip-errors", str(data.path)]

    def version(self):
        return first_line([self.path, "--version"])

    def answers(self, data, folder):
        for finding in lines_of(output_of(self.command(data, folder), folder / "chainsaw.jsonl")):
            title = finding["name"]
            yield finding.get("id") or TITLE_ONLY + title, title, evtx_record(finding["document"]["data"]["Event"]["System"])


class Zircolite(Program):
    """`rules` are converted beforehand (`-p sysmon windows-logsources`): converting is no part of a run. It runs in the Python
    that runs this, which needs Zircolite's packages; its field mapping lies beside it, and is looked for in the folder of the
    caller."""

    name, names_json_records = "zircolite", False

    def __init__(self, path, converted):
        self.path, self.converted = path, converted

    def command(self, data, folder):
        return [sys.executable, self.path, "-c", str(pathlib.Path(self.path).parent / "config" / "config.yaml"),
                "-r", self.converted, "-q", *(["-j"] if data.kind == "json" else []),
                "-e", str(data.path), "-o", str(folder / "zircolite.json"), "-l", str(folder / "zircolite.log")]

    def version(self):
        done = subprocess.run([sys.executable, self.path, "--version"], capture_output=True, text=True, check=False)
        return done.stdout.strip().splitlines()[-1].strip()  # below a banner

    def answers(self, data, folder):
        subprocess.run(self.command(data, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        for rule in json.loads((folder / "zircolite.json").read_text()):
            for match in rule["matches"]:
                yield (rule.get("id") or TITLE_ONLY + rule["title"], rule["title"],
                       evtx_identity(match.get("Computer"), match.get("Channel"), match.get("EventRecordID")))


class Acquisition(Program):
    """The hash that a source is acquired under, by itself: one stream of SHA-256 (OpenSSL's, through Python's hashlib) over
    as many bytes as the input has, read once and hashed again and again, so that reading, which every program does, is no
    part of it. A hunt contains it and no rival does."""

    name, rules = "acquisition hash alone", False
    SCRIPT = """
import hashlib, pathlib, sys
path = pathlib.Path(sys.argv[1])
for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
    state, left = hashlib.sha256(), file.stat().st_size
    with open(file, "rb", buffering=0) as data:
        piece = data.read(1 << 20)
    while left > 0:
        state.update(piece[:left])
        left -= len(piece)
"""

    def command(self, data, folder):
        return [sys.executable, "-S", "-c", self.SCRIPT, str(data.path)]
