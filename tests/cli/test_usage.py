"""Help, mistyped verbs and flags, completions, the manual page."""
import re
import shutil
import subprocess
import unicodedata

from support import CliTest, main


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class Usage(CliTest):
    def verbs(self):
        text = self.run_ok("help").decode()
        names = re.findall(r"^  ((?:rules |party |timestamp |witness )?[a-z]+)\b", text, re.M)
        self.assertIn("hunt", names)
        self.assertIn("rules explain", names)
        return names

    def test_help_of_every_verb_fits_eighty_columns(self):
        for arguments in [["help"], ["help", "rules"], ["help", "party"], ["help", "witness"]] + [
                [*verb.split(), "--help"] for verb in self.verbs()]:
            for line in self.run_ok(*arguments).decode().splitlines():
                self.assertLessEqual(width(line), 80, line)

    def test_no_arguments_is_help(self):
        self.assertEqual(self.run_ok(), self.run_ok("--help"))

    def test_every_verb_has_help_that_names_it(self):
        for verb in self.verbs():
            self.assertTrue(self.run_ok("help", *verb.split()).decode().startswith(f"exhibit {verb}:"))

    def test_unknown_verb(self):
        self.assertIn("did you mean `hunt`?", self.fails(2, "hnut"))
        self.assertIn("see `exhibit help`", self.fails(2, "zzzzzzzz"))
        self.assertIn("did you mean `explain`?", self.fails(2, "rules", "explian"))

    def test_unknown_flag_and_value(self):
        self.assertIn("did you mean `--min-level`?", self.fails(2, "hunt", ".", "--min-levle", "high"))
        self.assertIn("did you mean `critical`?", self.fails(2, "hunt", ".", "--min-level", "critcal"))
        self.assertIn("needs a value", self.fails(2, "hunt", ".", "--format"))
        self.assertIn("no flag", self.fails(2, "verify", ".", "--min-level", "high"))

    def test_a_mistyped_word_cannot_harm_the_terminal(self):
        self.assertNotIn("\x1b", self.fails(2, "\x1b[31m"))
        self.assertNotIn("\x1b", self.fails(2, "hunt", "--x\x1b[31m"))
        self.assertNotIn("\x1b", self.fails(2, "hunt", "no-\x1b[31m-such-file"))

    def test_values_that_make_no_sense(self):
        log = self.path("a.jsonl", "{}\n")
        for arguments in (["--threads", "0"], ["--threads", "x"], ["--from", "yesterday"], ["--event-id", "4x"],
                          ["--tz", "Mars/Olympus"], ["--from", "2026-03-02", "--to", "2026-03-01"], ["--full"],
                          ["--by-reference"], ["--placeholders", "none.yml"], ["-r", "no-such-rules"]):
            self.fails(2, "hunt", log, *arguments)

    def test_version_stands_in_every_place(self):
        version = self.run_ok("version").decode()
        self.assertRegex(version, r"^exhibit \d+\.\d+\.\d+\n$")
        self.assertEqual(self.run_ok("--version").decode(), version)
        self.assertIn(version.strip(), self.run_ok("--man", "2026-01-01").decode())

    def test_completions_are_accepted_by_their_shells(self):
        for shell, check in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "-n"])):
            script = self.path(shell, self.run_ok("completion", shell))
            if shutil.which(shell):
                subprocess.run([*check, script], check=True)

    def test_bash_completes(self):
        script = self.path("completion", self.run_ok("completion", "bash"))

        def complete(*words):
            line = " ".join(f"'{word}'" for word in words)
            program = (f"source {script}; compopt() {{ :; }}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; "
                       'COMPREPLY=(); _exhibit; printf "%s\\n" "${COMPREPLY[@]}"')
            return subprocess.run(["bash", "-c", program], check=True, capture_output=True, text=True).stdout.split()

        self.assertEqual(complete("exhibit", "hu"), ["hunt"])
        self.assertEqual(complete("exhibit", "rules", "ex"), ["explain"])
        self.assertIn("--min-level", complete("exhibit", "hunt", "--"))
        self.assertNotIn("--trust", complete("exhibit", "hunt", "--"))
        self.assertEqual(complete("exhibit", "hunt", "--min-level", "cr"), ["critical"])
        self.assertEqual(complete("exhibit", "completion", "f"), ["fish"])

    def test_doctor(self):
        text = self.run_ok("doctor").decode()
        for word in ("SHA-256", "key folder", "starter pack", "SigmaHQ"):
            self.assertIn(word, text)


if __name__ == "__main__":
    main()
