"""Two parties who do not trust each other: each his own log in copies of one case that go to and fro."""
import shutil

from support import CliTest, event, main, rule


class Parties(CliTest):
    def setUp(self):
        super().setUp()
        self.log = self.path("logs/a.jsonl", event() + event(CommandLine="needle 2"))
        self.rules = self.path("one.yml", rule())
        self.case, self.theirs = self.path("case"), self.path("theirs")
        self.run_ok("hunt", self.log, "-r", self.rules, "--case", self.case)
        self.accused = {"environment": {"EXHIBIT_HOME": self.path("accused-home")}}
        self.collector_key = self.path("collector.key", self.run_ok("party", "list"))
        self.run_ok("handover", self.case, "-o", self.theirs)
        self.run_ok("party", "add", self.theirs, "--as", "accused", **self.accused)
        self.accused_key = self.path("accused.key", self.run_ok("party", "list", **self.accused))
        self.both = ("--trust", self.collector_key, "--trust", self.accused_key)

    def finding(self):
        lines = self.run_ok("show", "--case", self.case, "-v").decode()
        return next(word for word in lines.split() if len(word) >= 8 and all(c in "0123456789abcdef" for c in word)
                    and self.run_program("show", word, "--case", self.case).returncode == 0)

    def test_a_challenge_is_answered_and_everybody_can_check_it(self):
        out = self.run_ok("challenge", self.theirs, "The clock was wrong.", "--finding", self.finding(), "--field",
                          "UtcTime", "--attach", self.log, **self.accused).decode()
        self.assertIn("On record as accused/1.", out)
        self.assertIn("cosigned at 3 entries", self.run_ok("cosign", self.theirs, **self.accused).decode())
        out = self.run_ok("merge", self.case, self.theirs).decode()
        self.assertIn("accused: new here, 2 entries", out)
        self.assertIn("1 new cosignature", out)
        self.run_ok("answer", self.case, "accused/1", "-", input=b"It was set by NTP.\n")
        out = self.run_ok("ledger", self.case).decode()
        self.assertIn("The clock was wrong. [a.jsonl]", " ".join(out.split()))
        self.assertIn("answer of accused/1: It was set by NTP.", " ".join(out.split()))
        stranger = {"environment": {"EXHIBIT_HOME": self.path("stranger-home")}}
        tar = self.path("all.tar")
        self.run_ok("handover", self.case, "-o", tar)
        out = self.run_ok("verify", tar, *self.both, "--replay", **stranger).decode()
        self.assertIn("\nVALID: ", out)
        self.assertRegex(out, r"fixed since  \S+Z: accused saw 3 entries then\n")
        out = self.run_ok("verify", tar, "--trust", self.collector_key, status=4, **stranger).decode()
        self.assertIn("log          collector: valid", out)
        self.assertIn("log          accused: undecidable", out)
        self.assertIn("signed with a key that you have not said you trust", out)

    def test_the_collector_cannot_exchange_what_was_cosigned(self):
        copy = self.path("copy")
        shutil.copytree(self.case, copy)
        self.run_ok("statement", self.case, "For the court.")
        self.run_ok("merge", self.theirs, self.case, **self.accused)
        self.run_ok("cosign", self.theirs, **self.accused)
        # He forgets what he has seen, and says something else to somebody else.
        shutil.rmtree(f"{self.folder}/home/seen")
        self.run_ok("statement", copy, "For the press.")
        out = self.run_ok("merge", self.theirs, copy, status=1, **self.accused).decode()
        self.assertIn("collector: FORKED", out)
        out = self.run_ok("verify", self.theirs, *self.both, status=1, **self.accused).decode()
        self.assertIn("collector signed two histories: they part at entry 3", out)
        self.assertIn("log          accused: valid", out)
        # And whoever gets the other copy with the cosignature sees it without any key folder.
        shutil.copytree(f"{self.theirs}/ledger/collector/cosigned", f"{copy}/ledger/collector/cosigned")
        self.assertIn("another history of the log was cosigned",
                      self.run_ok("verify", copy, *self.both, status=1,
                                  environment={"EXHIBIT_HOME": self.path("third-home")}).decode())

    def test_what_cannot_be(self):
        self.fails(2, "party", "add", self.case)
        self.fails(2, "party", "add", self.path("none"), "--as", "x")
        self.fails(2, "party", "add", self.theirs, "--as", "../x")
        self.fails(2, "party", "add", self.theirs, "--as", "accused", **self.accused)
        self.fails(2, "challenge", self.theirs, "No.", **self.accused)
        self.fails(2, "challenge", self.theirs, "No.", "--about", "collector", **self.accused)
        self.fails(2, "challenge", self.theirs, "No.", "--about", "collector/99", **self.accused)
        self.fails(2, "statement", self.theirs, "", **self.accused)
        self.fails(2, "answer", self.theirs, "collector/1", "No.", **self.accused)
        self.fails(2, "cosign", self.case)
        self.fails(2, "merge", self.case, self.path("none"))
        # A hunt of the accused's own goes into a case of his own.
        self.fails(5, "hunt", self.log, "-r", self.rules, "--case", self.theirs, **self.accused)
        # Two parties of one user: which one is asked.
        self.run_ok("party", "add", self.theirs, "--as", "counsel", **self.accused)
        self.assertIn("--as", self.fails(2, "statement", self.theirs, "x", **self.accused))
        self.run_ok("statement", self.theirs, "x", "--as", "counsel", **self.accused)


if __name__ == "__main__":
    main()
