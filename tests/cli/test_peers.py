"""bench/peers.py compares what programs find before what they cost, and does not let a difference pass unexplained."""
import json
import os
import subprocess
import sys

from support import PROGRAM, ROOT, CliTest, event, main, rule

PEERS = ROOT / "bench/peers.py"
ONE = "5f3a2c1e-0000-4000-8000-000000000001"

# Finds what the rule finds, but for the lines that say "missed".
RIVAL = f"""#!{sys.executable}
import json, sys
if sys.argv[1] == "--version":
    sys.exit(print("rival 1"))
with open(sys.argv[-1].removeprefix("@")) as lines:
    for line in lines:
        found = json.loads(line)
        if "needle" in found["CommandLine"] and "missed" not in found["CommandLine"]:
            print(json.dumps({{"rule_title": "Found it", "rule_id": "{ONE}", "event": found}}))
"""

# Names rules by title only, under ids of its own, and has one that nobody else has.
BY_TITLE = f"""#!{sys.executable}
import json, sys
if sys.argv[1] == "help":
    sys.exit(print("rival 2 - of a conference"))
with open(sys.argv[sys.argv.index("-f") + 1]) as lines, open(sys.argv[sys.argv.index("-o") + 1], "w") as out:
    for line in lines:
        if "needle" in json.loads(line)["CommandLine"]:
            for title in ("Found it", "Switched off", "Its own"):
                print(json.dumps({{"RuleTitle": title, "Computer": "WS1", "Channel": "C"}}), file=out)
"""


class Peers(CliTest):
    def setUp(self):
        super().setUp()
        self.path("rules/one.yml", rule())
        self.rival = self.path("rival", RIVAL)
        os.chmod(self.rival, 0o755)

    def test_a_rival_that_converted_the_rules(self):
        self.path("rules/off.yml", rule(title="Switched off", id=ONE.replace("1", "2")))
        self.path("by-title/rules/a.yml", rule(id=ONE.replace("1", "3")))
        self.path("by-title/rules/b.yml", rule(title="Switched off", id=ONE.replace("1", "4")))
        self.path("by-title/rules/c.yml", rule(title="Its own", id=ONE.replace("1", "5")))
        self.path("by-title/rules/config/exclude_rules.txt", ONE.replace("1", "4") + " # has its own\n")
        self.path("by-title/rules/config/noisy_rules.txt", "# none\n")
        program = self.path("by-title/rival", BY_TITLE)
        os.chmod(program, 0o755)
        done, result = self.compare(event(), event(CommandLine="hay"), rival=["--hayabusa", program])
        self.assertEqual(done.returncode, 0, done.stderr)
        answers = result["answers"]["hayabusa"]
        self.assertEqual([answers[key] for key in ("rules_compared", "findings", "findings_of_rival", "same")], [1, 1, 1, 1])
        self.assertIn("hayabusa / exhibit, mapped, hunt and seal", result["ratios"])

    def compare(self, *lines, rival=None):
        data = self.path("data.jsonl", "".join(lines))
        done = subprocess.run(
            [sys.executable, "-B", PEERS, "--exhibit", PROGRAM, "--rules", self.folder / "rules",
             *(rival or ["--rsigma", self.rival]), "--before", PROGRAM, "--rounds", "1", "--result",
             self.folder / "result.json", f"some={data}"],
            capture_output=True, text=True, env=self.environment, check=False)
        return done, json.loads((self.folder / "result.json").read_text())["inputs"]["some"]

    def test_the_same_answers(self):
        done, result = self.compare(event(), event(CommandLine="hay"), event(CommandLine="another needle"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(result["records"], 3)
        answers = result["answers"]["rsigma"]
        self.assertEqual((answers["findings"], answers["findings_of_rival"], answers["same"]), (2, 2, 2))
        self.assertEqual(answers["differences"], [])
        self.assertIn("rsigma / exhibit, hunt and seal", result["ratios"])
        into = self.path("page.md", "before\n<!-- peers -->\nold\n<!-- /peers -->\nafter\n")
        subprocess.run([sys.executable, "-B", PEERS, "--table", self.folder / "result.json", "--into", into], check=True)
        page = self.read(into).decode()
        self.assertTrue(page.startswith("before\n") and page.endswith("after\n"))
        self.assertIn("| exhibit, hunt and seal |", page)
        self.assertNotIn("old", page)

    def test_a_difference_must_be_explained(self):
        done, result = self.compare(event(), event(CommandLine="a missed needle"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"some: rsigma: only exhibit: {ONE} Found it (1 records", done.stderr)
        difference, = result["answers"]["rsigma"]["differences"]
        self.assertEqual((difference["only"], difference["count"], difference["explained"]), ("exhibit", 1, False))


if __name__ == "__main__":
    main()
