"""A small case with a bundle and a handover, made by the program, for the tests of the page."""
import hashlib
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from support import CliTest, event, rule  # noqa: E402

WASM = os.environ.get("EXHIBIT_WASM", "")
PAGE = os.environ.get("EXHIBIT_PAGE", "")


class WithVectors(CliTest):
    @classmethod
    def setUpClass(cls):
        if not os.path.exists(WASM) or not os.path.exists(PAGE):
            raise unittest.SkipTest("the page is not built: its compiler is not installed (see the output of cmake)")

    def setUp(self):
        super().setUp()
        lines = [event(CommandLine=f"plain {n}", User=f"CORP\\user{n}") for n in range(30)]
        lines[7] = event(Company="Northlight \u2028 \u202e<img src=x onerror=alert(1)>")
        log = self.path("logs/a.jsonl", "".join(lines))
        case = self.path("case")
        self.run_ok("hunt", log, "-r", self.path("one.yml", rule()), "--case", case)
        self.keys = self.path("keys", self.run_ok("party", "list"))
        self.key = re.findall(r"\S+/\S+\+[0-9a-f]{8}\+\S+", pathlib.Path(self.keys).read_text())[0]
        out = self.run_ok("show", "--case", case, "-v").decode()
        finding = re.search(r"\b([0-9a-f]{8})\b.*Found it", out)[1]
        self.run_ok("disclose", case, finding, "--to", "District Court", "--tlp", "amber", "-o", self.path("finding.exhibit"))
        source = hashlib.sha256("".join(lines).encode()).hexdigest()
        self.run_ok("disclose", case, "--record", f"{source[:10]}/3-7", "--whole", "--to", "District Court", "--tlp", "red",
                    "-o", self.path("records.exhibit"))
        self.run_ok("handover", case, "-o", self.path("case.tar"))
        self.finding, self.records, self.archive = (self.path(n) for n in ("finding.exhibit", "records.exhibit", "case.tar"))
