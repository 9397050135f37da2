"""The page's program, run by node, against the same code built natively: the same report, byte for byte, on bundles, on
case archives, and on single changed bits of both."""
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import unittest

from vectors import WASM, WithVectors
from support import ROOT, main

NATIVE = os.environ.get("EXHIBIT_CORE_REPORT", "")
NODE = shutil.which("node")
CORE = str(pathlib.Path(__file__).with_name("core.mjs"))
LATEST = "4000000000"


def imports_of(wasm):
    """How many things a WebAssembly module imports, from its import section (id 2)."""
    def number(at):
        out = shift = 0
        while True:
            out |= (wasm[at] & 0x7f) << shift
            at, shift, more = at + 1, shift + 7, wasm[at] & 0x80
            if not more:
                return out, at
    assert wasm[:8] == b"\0asm\1\0\0\0"
    at = 8
    while at < len(wasm):
        section = wasm[at]
        size, at = number(at + 1)
        if section == 2:
            return number(at)[0]
        at += size
    return 0


class Program(WithVectors):
    def test_it_imports_nothing(self):
        self.assertEqual(imports_of(pathlib.Path(WASM).read_bytes()), 0)
        # The reader of sections finds what is there.
        self.assertEqual(imports_of(b"\0asm\1\0\0\0\2\x07\1\1a\1b\0\0"), 1)


class Agreement(WithVectors):
    def setUp(self):
        if NODE is None:
            self.skipTest("node is not installed")
        super().setUp()

    def reports(self, kind, path, policy="-", bits=None):
        arguments = [kind, path, self.keys, policy, LATEST] + ([bits] if bits else [])
        native = subprocess.run([NATIVE, *arguments], capture_output=True, check=True).stdout
        wasm = subprocess.run([NODE, CORE, WASM, *arguments], capture_output=True, check=True).stdout
        return native, wasm

    def worst(self, report):
        checks = [json.loads(line)["check"] for line in report.decode().splitlines() if line.startswith('{"check"')]
        self.assertGreater(len(checks), 5)
        return checks

    def test_they_say_the_same(self):
        policy = self.path("policy", f"log {self.key}\nquorum none\n")
        for kind, path in ("bundle", self.finding), ("bundle", self.records), ("case", self.archive):
            for chosen in "-", policy:
                native, wasm = self.reports(kind, path, chosen)
                self.assertEqual(native, wasm)
                self.assertEqual([c for c in self.worst(native) if c["verdict"] == "invalid"], [])

    def test_a_bundle_of_records_is_valid_here_and_on_the_command_line(self):
        checks = self.worst(self.reports("bundle", self.records)[1])
        self.assertEqual({c["id"] for c in checks if c["verdict"] != "valid"}, {"source.fields", "source.complete"})
        self.assertFalse(any(c["counts"] for c in checks if c["verdict"] != "valid"))
        self.run_ok("verify", self.records, "--trust", self.keys)

    def test_the_command_decides_what_the_page_cannot(self):
        checks = self.worst(self.reports("bundle", self.finding)[1])
        open_ = {c["id"] for c in checks if c["verdict"] != "valid" and c["counts"]}
        self.assertEqual(open_, {"finding.read_set", "finding.rule"})
        self.run_ok("verify", self.finding, "--trust", self.keys)

    def test_single_changed_bits(self):
        chance = random.Random(7)
        for kind, path, count in ("bundle", self.finding, 150), ("bundle", self.records, 100), ("case", self.archive, 100):
            size = os.path.getsize(path)
            bits = self.path("bits", "".join(f"{chance.randrange(8 * size)}\n" for _ in range(count)))
            native, wasm = self.reports(kind, path, bits=bits)
            self.assertEqual(native, wasm)
            lines = native.split()
            self.assertEqual(len(lines), count + 1)
            if kind == "bundle":  # every bit of these is sealed
                self.assertNotIn(lines[-1], lines[:-1])


class Texts(unittest.TestCase):
    """What the core says stands in the page's Chinese as well."""

    def test_no_sentence_is_missing(self):
        page = (ROOT / "src/verify/page/text.js").read_text()
        known = set(json.loads("{" + re.search(r"const WHY = \{(.*?),\n\};", page, re.S)[1] + "}"))
        checks = set(re.findall(r'^  "([a-z_.]+)": \[', page, re.M))
        said, ids = set(), set()
        for path in (ROOT / "src/verify/core").glob("*.cpp"):
            if path.name.endswith("_test.cpp"):
                continue
            code = re.sub(r"//[^\n]*", "", path.read_text())
            code = re.sub(r"'(?:[^'\\]|\\.)'", "0", code)
            for run in re.findall(r'(?:"(?:[^"\\\n]|\\.)*"\s*)+', code):
                text = "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', run))
                if re.fullmatch(r"[`A-Za-z][^\\{=]* [^\\{=]*[^ ]", text) and len(text) > 14:
                    said.add(text)
            ids |= set(re.findall(r'(?:say|judge|undecidable)\(\s*"([a-z_.]+)"', code))
        not_sentences = {s for s in said if s.startswith(("#include", "exhibit verify"))} | {
            "a key that you trust", "the policy's quorum", "a record is disclosed"}
        self.assertEqual(sorted(said - known - not_sentences), [])
        self.assertGreater(len(said & known), 100)
        self.assertEqual(sorted(ids - checks), [])


if __name__ == "__main__":
    main()
