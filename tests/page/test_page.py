"""exhibit-verify.html in Chromium, opened from disk with the network off."""
import hashlib
import json
import os
import pathlib
import re
import time
import unittest

from chromium import PROGRAM, Browser
from vectors import PAGE, WithVectors
from support import main

AXE = os.environ.get("EXHIBIT_AXE", "")  # axe.min.js of axe-core, where it is installed


class Page(WithVectors):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if PROGRAM is None:
            raise unittest.SkipTest("Chromium is not installed")

    def setUp(self):
        super().setUp()
        self.browser = Browser()
        self.addCleanup(self.browser.close)
        self.browser.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        self.browser.size(1100, 900)
        self.browser.call("Page.navigate", url=pathlib.Path(PAGE).as_uri())
        self.browser.wait("document.getElementById('program-hash')?.textContent.length === 64")

    def text(self):
        return self.browser.run("document.body.innerText")

    def open(self, path, keys=None):
        if keys is not None:
            self.browser.run(f"document.getElementById('keys').value = {json.dumps(keys)}")
        self.browser.run("document.getElementById('result').replaceChildren()")
        self.browser.run("document.getElementById('file').value = ''")  # the same file again is a choice too
        self.browser.give_file("#file", path)
        self.browser.wait("document.getElementById('verdict') && document.getElementById('status').textContent === ''", 120)
        return self.browser.run("document.getElementById('verdict').parentElement.className.split(' ').pop()")

    def test_a_bundle_is_valid_with_the_key_and_undecidable_without(self):
        self.assertEqual(self.open(self.records), "undecidable")
        self.assertIn("bring a key above", self.text())
        self.assertEqual(self.open(self.records, pathlib.Path(self.keys).read_text()), "valid")
        text = self.text()
        for wanted in ("District Court", "TLP:RED", "withheld", "Northlight", "CommandLine", hashlib.sha256(
                pathlib.Path(self.records).read_bytes()).hexdigest(), "source.complete", "outside of what the disclosure is about"):
            self.browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
            self.assertIn(wanted, self.text())
        # Text from evidence is text: no element came of it, and what turns the direction is named.
        self.assertEqual(self.browser.run("document.querySelectorAll('img').length"), 0)
        self.assertIn("⟨U+202E⟩", self.text())
        # The path is drawn up to the root that was signed.
        self.assertGreater(self.browser.run("document.querySelectorAll('ol.tree > li').length"), 5)
        self.assertIn("the root that was signed", self.text())

    def test_what_was_changed_is_invalid(self):
        changed = bytearray(pathlib.Path(self.records).read_bytes())
        at = changed.index(b"plain 4")
        changed[at + 6] ^= 1
        self.assertEqual(self.open(self.path("changed.exhibit", bytes(changed)), pathlib.Path(self.keys).read_text()), "invalid")
        self.assertIn("the members are not those that bundle.json names", self.text())

    def test_a_finding_takes_the_command(self):
        self.assertEqual(self.open(self.finding, pathlib.Path(self.keys).read_text()), "undecidable")
        self.assertIn("exhibit verify finding.exhibit", self.text())

    def test_a_case_archive_is_streamed(self):
        self.assertEqual(self.open(self.archive, pathlib.Path(self.keys).read_text()), "undecidable")
        text = self.text()
        self.assertNotIn("✗", text)
        for wanted in "source.bytes", "ledger.root", "run.findings", "exhibit verify case.tar --replay":
            self.assertIn(wanted, text)

    def test_a_policy_is_taken_and_removed(self):
        policy = self.path("policy.txt", f"log {self.key}\nquorum none\n")
        self.browser.give_file("#policy", policy)
        self.browser.wait("state.policyName !== ''")
        self.assertEqual(self.open(self.records), "valid")
        self.browser.run("document.getElementById('remove-policy').click()")
        self.browser.wait("document.querySelector('.verdict.undecidable') !== null")
        self.browser.give_file("#policy", self.path("bad.txt", "log nonsense\n"))
        self.browser.wait("document.body.innerText.includes('a verifier key is name+hash+key')")

    def test_other_files_are_refused(self):
        self.browser.give_file("#file", self.path("a.txt", "nothing"))
        self.browser.wait("document.getElementById('status').textContent.includes('neither a bundle nor')")

    def test_chinese(self):
        self.open(self.records)
        self.browser.run("document.getElementById('language').click()")
        self.assertEqual(self.browser.run("document.documentElement.lang"), "zh-Hans")
        text = self.text()
        for wanted in "无法判定", "密钥归谁所有须另行得知", "本页无法证明的内容", "不在披露范围内":
            self.assertIn(wanted, text)
        self.assertNotIn("undefined", text)

    def test_it_asks_for_nothing_and_may_not(self):
        self.open(self.records)
        policy = self.browser.run("document.querySelector('meta[http-equiv]').content")
        self.assertRegex(policy, r"^default-src 'none'; script-src 'sha256-[^']+' 'wasm-unsafe-eval'; style-src 'sha256-[^']+'")
        blocked = self.browser.run("fetch('https://example.org/').then(() => 'went', (e) => 'blocked')")
        self.assertEqual(blocked, "blocked")
        self.browser.run("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)")
        self.assertIsNone(self.browser.run("window.ran"))
        urls = [e["params"]["request"]["url"] for e in self.browser.events if e.get("method") == "Network.requestWillBeSent"]
        self.assertEqual({u.split(":")[0] for u in urls} - {"file", "about", "https"}, set())
        self.assertEqual([u for u in urls if u.startswith("https") and "example.org" not in u], [])
        self.assertLess(os.path.getsize(PAGE), 200_000)

    def test_it_shows_what_to_compare(self):
        page = pathlib.Path(PAGE).read_bytes()
        script = re.search(rb"<script>(.*)</script>", page, re.S)[1]
        self.assertEqual(self.browser.run("document.getElementById('script-hash').textContent"), hashlib.sha256(script).hexdigest())
        wasm = pathlib.Path(os.environ["EXHIBIT_WASM"]).read_bytes()
        self.assertEqual(self.browser.run("document.getElementById('program-hash').textContent"), hashlib.sha256(wasm).hexdigest())

    def test_the_keyboard_reaches_everything(self):
        self.open(self.records, pathlib.Path(self.keys).read_text())
        self.assertEqual(self.browser.run("document.activeElement.id"), "verdict")
        self.browser.run("document.activeElement.blur(); window.scrollTo(0, 0)")
        seen = set()
        for _ in range(80):
            self.browser.key("Tab")
            seen.add(self.browser.run("(document.activeElement.id || document.activeElement.tagName) + ''"))
        self.assertLessEqual({"language", "file", "keys", "policy", "again", "SUMMARY", "BUTTON"}, seen)
        # And opens what can be opened.
        self.browser.run("document.querySelector('details:not([open]) > summary').focus()")
        self.browser.key("Enter")
        self.assertTrue(self.browser.run("document.activeElement.parentElement.open"))
        self.browser.run("document.getElementById('language').focus()")
        self.browser.key("Enter")
        self.assertEqual(self.browser.run("document.documentElement.lang"), "zh-Hans")

    def test_a_narrow_screen_needs_no_scrolling_sideways(self):
        self.browser.size(320, 700)
        self.open(self.records, pathlib.Path(self.keys).read_text())
        self.browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
        self.assertLessEqual(self.browser.run("document.documentElement.scrollWidth"), 320)

    def test_the_certificate_has_what_it_must(self):
        self.open(self.records, pathlib.Path(self.keys).read_text())
        self.browser.call("Emulation.setEmulatedMedia", media="print")
        text = self.text()
        for wanted in ("Certificate of a verification", hashlib.sha256(pathlib.Path(self.records).read_bytes()).hexdigest(),
                       self.key, "What this page cannot prove", "Name and signature"):
            self.assertIn(wanted, text)
        self.assertNotIn("Whom you trust", text)
        self.browser.call("Emulation.setEmulatedMedia", media="")
        self.assertNotIn("Name and signature", self.text())

    def test_axe_finds_nothing(self):
        if not os.path.exists(AXE):
            self.skipTest("set EXHIBIT_AXE to axe.min.js of axe-core")
        self.browser.call("Page.setBypassCSP", enabled=True)
        self.browser.call("Page.reload")
        self.browser.wait("document.getElementById('program-hash')?.textContent.length === 64")
        for dark in False, True:
            self.browser.size(1100, 900, dark)
            self.open(self.records, pathlib.Path(self.keys).read_text())
            self.browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
            self.browser.run(pathlib.Path(AXE).read_text() + "; 0")
            found = self.browser.run("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
                                     ".then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html).join(' | ')))", 120)
            self.assertEqual(found, [])

    def test_half_a_gigabyte_in_bounded_memory(self):
        if not os.environ.get("EXHIBIT_LARGE"):
            self.skipTest("set EXHIBIT_LARGE to stream 512 MiB")
        log = self.path("logs/large.jsonl")
        line = b'{"EventID": 1, "Channel": "x", "CommandLine": "' + b"a" * (1 << 16) + b'"}\n'
        with open(log, "wb") as out:
            while out.tell() < 512 << 20:
                out.write(line)
        case = self.path("large")
        self.run_ok("hunt", log, "--case", case)
        self.run_ok("handover", case, "-o", self.path("large.tar"))
        began = time.monotonic()
        self.assertEqual(self.open(self.path("large.tar")), "undecidable")
        print(f"512 MiB in {time.monotonic() - began:.1f} s")
        self.assertNotIn("✗", self.text())
        self.assertLess(self.browser.run("core.memory.buffer.byteLength"), 320 << 20)


if __name__ == "__main__":
    main()
