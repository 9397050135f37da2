"""Disclosure: what is given out is proven, what is not cannot be learnt, and all of it is accounted for."""
import hashlib
import json
import re

from bundle import Bundle, sha256
from support import SAMPLE, CliTest, event, main, rule

USERS = [f"CORP\\user{n:04}" for n in range(400)]
SECRET = USERS[317]


class Disclose(CliTest):
    def setUp(self):
        super().setUp()
        self.lines = [event(CommandLine=f"plain {n}", User=USERS[n]) for n in range(40)]
        self.lines[7] = event(User=SECRET, Company="Northlight", Description=None)
        self.log = self.path("logs/a.jsonl", "".join(self.lines))
        self.case = self.path("case")
        self.rules = self.path("one.yml", rule())
        self.run_ok("hunt", self.log, "-r", self.rules, "--case", self.case)
        self.key = self.path("collector.key", self.run_ok("party", "list"))
        self.stranger = {"environment": {"EXHIBIT_HOME": self.path("stranger-home")}}

    def finding(self, text=None):
        out = self.run_ok("show", "--case", self.case, "-v").decode()
        return re.search(rf"\b([0-9a-f]{{8}})\b.*{text or 'Found it'}", out)[1]

    def disclose(self, *what, name="a.exhibit"):
        self.run_ok("disclose", self.case, *what, "--to", "CERT-XY", "--tlp", "amber", "-o", self.path(name))
        return self.read(name)

    def test_a_finding_is_shown_with_what_its_rule_reads_and_nothing_else(self):
        bundle = Bundle(self.disclose(self.finding()))
        (record,) = bundle.check().values()
        self.assertEqual(set(record["fields"]), {"Channel", "EventID", "CommandLine"})
        self.assertFalse(record["whole_list"])
        self.assertEqual(set(record["paths"]), {"Channel", "EventID", "CommandLine"})
        self.assertNotIn(0, record["opened"])
        self.assertNotIn(2, record["opened"])
        out = self.run_ok("verify", self.path("a.exhibit"), "--trust", self.key, **self.stranger).decode()
        self.assertRegex(out, r"valid +finding.rule \S+: the rule speaks on what is opened")
        self.assertIn("\nVALID: ", out)
        self.assertIn("records withheld: 39 (scope)", out)
        # What no bundle can decide counts for whoever wants it to.
        self.run_ok("verify", self.path("a.exhibit"), "--trust", self.key, "--strict", status=4, **self.stranger)
        self.run_ok("verify", self.path("a.exhibit"), status=4, **self.stranger)
        ledger = " ".join(self.run_ok("ledger", self.case).decode().split())
        self.assertIn("disclose 1 records and 1 findings to CERT-XY, TLP:AMBER", ledger)
        self.assertIn("\nVALID: ", self.run_ok("verify", self.case).decode())

    def test_a_field_that_is_not_there_is_shown_by_the_list_of_paths(self):
        absent = rule(title="Not there", id="5f3a2c1e-0000-4000-8000-000000000002").replace(
            "    condition: selection", "    filter:\n        ParentImage|endswith: x\n    condition: selection and not filter")
        self.run_ok("hunt", "-r", self.path("two.yml", absent), "--case", self.case)
        bundle = Bundle(self.disclose(self.finding("Not there")))
        (record,) = bundle.check().values()
        self.assertTrue(record["whole_list"])
        self.assertNotIn("ParentImage", record["paths"])
        self.assertEqual(set(record["fields"]), {"Channel", "EventID", "CommandLine"})
        out = self.run_ok("verify", self.path("a.exhibit"), "--trust", self.key, **self.stranger).decode()
        self.assertIn("\nVALID: ", out)
        # Redacted, it is no missing field.
        self.disclose(self.finding("Not there"), "--redact", "CommandLine=privilege", name="b.exhibit")
        out = self.run_ok("verify", self.path("b.exhibit"), "--trust", self.key, status=4, **self.stranger).decode()
        self.assertRegex(out, r"undecidable +finding.read_set \S+: a field that the rule reads is withheld: CommandLine")
        self.assertRegex(out, r"undecidable +finding.rule")
        self.assertIn("1 (privilege)", out)

    def test_what_a_second_value_could_undo_takes_the_list_of_paths(self):
        """Under a `not`, another value of the same field, withheld, would make the rule silent."""
        negated = rule(title="Not so", id="5f3a2c1e-0000-4000-8000-000000000004").replace(
            "    condition: selection", "    filter:\n        Image|endswith: y.exe\n    condition: selection and not filter")
        self.run_ok("hunt", "-r", self.path("two.yml", negated), "--case", self.case)
        (record,) = Bundle(self.disclose(self.finding("Not so"))).check().values()
        self.assertEqual(set(record["fields"]), {"Channel", "EventID", "CommandLine", "Image"})
        self.assertTrue(record["whole_list"])
        self.assertIn("\nVALID: ", self.run_ok("verify", self.path("a.exhibit"), "--trust", self.key, **self.stranger).decode())

    def test_a_keyword_reads_the_whole_record(self):
        keyword = rule(title="Anywhere", id="5f3a2c1e-0000-4000-8000-000000000003").replace(
            "        CommandLine|contains: 'needle'", "        - Northlight")
        self.run_ok("hunt", "-r", self.path("two.yml", keyword), "--case", self.case)
        (record,) = Bundle(self.disclose(self.finding("Anywhere"))).check().values()
        self.assertTrue(record["whole_list"])
        self.assertEqual(sorted(record["fields"]), sorted(json.loads(self.lines[7])))
        self.assertIn("\nVALID: ", self.run_ok("verify", self.path("a.exhibit"), "--trust", self.key, **self.stranger).decode())

    def test_records_are_chosen_by_number_filter_and_rule(self):
        source = hashlib.sha256("".join(self.lines).encode()).hexdigest()
        for what, indices in ((("--record", f"{source[:10]}/3-5"), [3, 4, 5]),
                              (("-r", self.rules), [7]),
                              (("--source", source[:8], "--host", "WS1"), list(range(40))),
                              (("--source", "logs/a.jsonl"), None),
                              (("--host", "WS1", "--until", "2026-01-01"), None),
                              (("--record", f"{source[:10]}/3", "--all-findings"), [3, 7])):
            with self.subTest(what=what):
                if indices is None:
                    self.fails(2, "disclose", self.case, *what, "--to", "x", "--tlp", "red", "-o", self.path("n.exhibit"))
                    continue
                name = f"{indices[0]}-{len(indices)}.exhibit"
                records = Bundle(self.disclose(*what, name=name)).check()
                self.assertEqual([index for _, _, index in records], indices)
                self.assertIn("\nVALID: ", self.run_ok("verify", self.path(name), "--trust", self.key,
                                                       **self.stranger).decode())
        (record,) = Bundle(self.disclose("--record", f"{source[:10]}/9", "--whole", name="w.exhibit")).check().values()
        self.assertEqual(record["opened"][0][1].rstrip(b"\n"), self.lines[9].encode().rstrip(b"\n"))
        (record,) = Bundle(self.disclose("--record", f"{source[:10]}/9", "--fields", "User,image",
                                         name="f.exhibit")).check().values()
        self.assertEqual(set(record["fields"]), {"User", "Image"})

    def test_what_looks_like_a_person_is_proposed_and_withheld(self):
        source = hashlib.sha256("".join(self.lines).encode()).hexdigest()
        what = ("--record", f"{source[:10]}/9")
        out = self.run_ok("redact", self.case, *what, "--profile", "personal-data").decode()
        self.assertIn("withheld  User: CORP\\user0009 (personal-data)", out)
        self.assertNotIn("Image", out)
        self.assertEqual(len(self.run_ok("ledger", self.case).splitlines()),
                         len(self.run_ok("ledger", self.case).splitlines()))
        (record,) = Bundle(self.disclose(*what, "--redact", "personal-data", "--keep", "commandline")).check().values()
        self.assertEqual(set(record["fields"]), {"EventTime", "Hostname", "Channel", "EventID", "Image", "CommandLine"})
        out = self.run_ok("disclose", self.case, *what, "--redact", "Image=other-law", "--dry-run").decode()
        self.assertIn("withheld  Image: C:\\x.exe (other-law)", out)
        self.assertIn("nothing went on the ledger", out)

    def test_what_is_redacted_is_not_in_the_bytes_either(self):
        """Whatever the reason: also where it is the one that all else is withheld for."""
        source = hashlib.sha256("".join(self.lines).encode()).hexdigest()
        for n, more in enumerate((("--redact", "User=scope"), ("--redact", "User=privilege"),
                                  ("--redact", "personal-data", "--reason", "personal-data"))):
            data = self.disclose("--record", f"{source[:10]}/9", "--whole", *more, name=f"{n}.exhibit")
            self.assertNotIn(b"user0009", data)
            (record,) = Bundle(data).check().values()
            self.assertNotIn(0, record["opened"])

    def test_a_withheld_value_cannot_be_found_by_trying(self):
        """Whoever holds the bundle and knows every value but one tries all that it can be."""
        self.disclose(self.finding(), "--record",
                      f"{hashlib.sha256(''.join(self.lines).encode()).hexdigest()[:10]}/6-8", "--redact", "User")
        data = self.read("a.exhibit")
        bundle = Bundle(data)
        records = bundle.check()
        self.assertNotIn(SECRET.encode(), data)
        # Every 32 bytes that stand anywhere, as they are, in hexadecimal or in base64.
        texts = [data] + [bytes.fromhex(h) for h in re.findall("[0-9a-f]{64}", data.decode("latin-1"))]
        import base64
        texts += [base64.b64decode(t) for t in re.findall(r"[A-Za-z0-9+/]{43}=", data.decode("latin-1"))]
        public = {t[i:i + 32] for t in texts for i in range(len(t) - 31)}
        salts = {opened[2] for record in records.values() for opened in record["opened"].values()}
        salts |= {data[i:i + 16] for i in range(0, len(data) - 15)} if len(data) < 20_000 else set()

        def guesses(user):
            lines = list(self.lines)
            lines[7] = event(User=user, Company="Northlight", Description=None)
            source = "".join(lines).encode()
            line = lines[7].encode()
            finding = json.dumps({"User": user}).encode()
            for text in (source, line, line.rstrip(b"\n"), user.encode(), finding, user.encode("utf-16-le")):
                yield sha256(text)
                yield sha256(b"\x00", text)
                yield hashlib.sha256(text).hexdigest()[:32].encode()
            for salted in salts:
                for kind in (b"\x40", b"\xff"):
                    yield sha256(b"f", salted, kind, user.encode())
                yield sha256(b"f", salted, b"\xff", line.rstrip(b"\n"))

        found = [user for user in USERS[300:330] if any(g in public for g in guesses(user))]
        self.assertEqual(found, [])
        # That the trying would find something: a value that is opened, by its own salt.
        opened = next(iter(records.values()))["opened"]
        kind, value, salted = next(v for f, v in opened.items() if f >= 3)
        self.assertIn(salted, salts)
        control = sha256(b"f", salted, bytes([kind]), value)
        self.assertNotIn(control, public)  # an opened slot's commitment does not stand there: it follows
        for name in bundle.files:
            self.assertNotIn(hashlib.sha256("".join(self.lines).encode()).digest(), bundle.files[name])
            self.assertNotIn(hashlib.sha256("".join(self.lines).encode()).hexdigest().encode(), bundle.files[name])
        self.assertNotIn(self.finding().encode(), data)

    def test_equal_values_of_two_records_do_not_show(self):
        source = hashlib.sha256("".join(self.lines).encode()).hexdigest()
        self.disclose("--record", f"{source[:10]}/1-20", "--fields", "Image")
        data = self.read("a.exhibit")
        bundle = Bundle(data)
        seen = []
        for name in bundle.files:
            if name.endswith("/records"):
                reader = bundle.files[name]
                seen += [reader[i:i + 32] for i in range(0, len(reader) - 31)]
        # All records have the same Channel, withheld: no commitment stands twice but the siblings of their tree.
        (pseudonym, _, _), record = next(iter(bundle.check().items()))
        commitments = self.withheld(bundle, pseudonym)
        self.assertEqual(len(commitments), len(set(commitments)))
        self.assertGreater(len(commitments), 100)

    def withheld(self, bundle, source):
        from bundle import Reader
        out, reader = [], Reader(bundle.files[f"sources/{source}/records"])
        while reader.more():
            reader.take(13)
            for _ in range(reader.number(2)):
                if reader.number(1) == 1:
                    reader.take(17)
                    reader.text()
                else:
                    out.append(reader.take(32))
            reader.take(32 * reader.number(1))
        return out

    def test_the_accused_discloses_too(self):
        """From the copy that he was handed, on his own log."""
        theirs, home = self.path("theirs"), {"environment": {"EXHIBIT_HOME": self.path("accused-home")}}
        finding = self.finding()
        self.run_ok("handover", self.case, "-o", theirs)
        self.run_ok("party", "add", theirs, "--as", "accused", **home)
        self.run_ok("disclose", theirs, finding, "--to", "the court", "--tlp", "CLEAR", "-o", self.path("b.exhibit"), **home)
        accused = self.path("accused.key", self.run_ok("party", "list", **home))
        Bundle(self.read("b.exhibit")).check()
        out = self.run_ok("verify", self.path("b.exhibit"), "--trust", self.key, "--trust", accused, **self.stranger).decode()
        self.assertIn("TLP:CLEAR  disclosed by accused to the court", out)
        self.assertIn("\nVALID: ", out)
        self.run_ok("verify", self.path("b.exhibit"), "--trust", self.key, status=4, **self.stranger)

    def test_who_saw_the_log_is_in_it(self):
        """What others cosigned before it was disclosed shows since when it is fixed."""
        theirs, home = self.path("theirs"), {"environment": {"EXHIBIT_HOME": self.path("accused-home")}}
        self.run_ok("handover", self.case, "-o", theirs)
        self.run_ok("party", "add", theirs, "--as", "accused", **home)
        self.run_ok("cosign", theirs, **home)
        self.run_ok("merge", self.case, theirs)
        self.disclose(self.finding())
        accused = self.run_ok("party", "list", "-v", **home).decode()
        out = self.run_ok("verify", self.path("a.exhibit"), "--trust", self.key, **self.stranger).decode()
        self.assertIn("valid        seen collector/3", out)
        self.assertIn("\nVALID: ", out)
        self.assertIn("on the signer's word alone", out)
        # The log of the accused is not in the bundle: his cosigner key is what a verifier brings, in a policy.
        opened = json.loads(self.read("theirs/statements/accused/0.json"))
        cosign = next(f["value"] for f in opened["fields"] if f["name"] == "cosign_key")
        log = next(f["value"] for f in json.loads(self.read("case/statements/collector/0.json"))["fields"]
                   if f["name"] == "log_key")
        policy = self.path("policy", f"log {log}\nwitness accused {cosign}\ngroup g all accused\nquorum g\n")
        out = self.run_ok("verify", self.path("a.exhibit"), "--policy", policy, status=4, **self.stranger).decode()
        self.assertRegex(out, r"fixed since  \S+Z: accused saw 3 entries then")
        self.assertRegex(out, r"undecidable +policy.quorum collector: the policy's quorum has seen only the first entries: 3 of 4")

    def test_a_marking_is_kept(self):
        """What came in for few goes out for no more."""
        case = self.path("marked")
        self.fails(2, "hunt", self.log, "-r", self.rules, "--case", case, "--tlp", "PINK")
        self.run_ok("hunt", self.log, "-r", self.rules, "--case", case, "--tlp", "tlp:amber+strict")
        out, before = self.path("m.exhibit"), self.run_ok("ledger", case)
        self.assertIn("narrower marking",
                      self.fails(5, "disclose", case, "--all-findings", "--to", "x", "--tlp", "AMBER", "-o", out))
        self.assertEqual(self.run_ok("ledger", case), before)
        self.run_ok("disclose", case, "--all-findings", "--to", "x", "--tlp", "RED", "-o", out)
        self.run_ok("redact", case, "--all-findings")
        self.fails(5, "handover", case, "-o", self.path("h1"))
        self.fails(5, "handover", case, "-o", self.path("h1"), "--tlp", "GREEN")
        self.run_ok("handover", case, "-o", self.path("h1"), "--tlp", "AMBER+STRICT")
        self.run_ok("verify", self.path("h1"))

    def test_a_log_with_rotated_keys_is_refused_before_anything_goes_on_record(self):
        self.run_ok("party", "rotate", self.case)
        before = self.run_ok("ledger", self.case)
        self.assertIn("rotated", self.fails(2, "disclose", self.case, self.finding(), "--to", "x", "--tlp", "RED", "-o",
                                            self.path("r.exhibit")))
        self.assertEqual(self.run_ok("ledger", self.case), before)

    def test_the_sample(self):
        case = self.path("sample")
        self.run_ok("hunt", SAMPLE, "--case", case)
        self.run_ok("disclose", case, "--all-findings", "--to", "x", "--tlp", "GREEN", "-o", self.path("s.exhibit"))
        records = Bundle(self.read("s.exhibit")).check()
        self.assertGreater(len(records), 100)
        out = self.run_ok("verify", self.path("s.exhibit"), "-v").decode()
        self.assertIn("\nVALID: ", out)
        self.assertNotRegex(out, r"\n(undecidable|INVALID) +finding")

    def test_what_cannot_be(self):
        good = (self.case, self.finding(), "--to", "x", "--tlp", "RED", "-o", self.path("x.exhibit"))
        self.fails(2, "disclose", self.case, "--to", "x", "--tlp", "RED", "-o", self.path("x.exhibit"))
        self.fails(2, "disclose", *good[:2])
        self.fails(2, "disclose", self.case, "ffffffff", *good[2:])
        self.fails(2, "disclose", self.case, "5a", *good[2:])
        self.fails(2, "disclose", *good[:4], "--tlp", "ORANGE", *good[6:])
        self.fails(2, "disclose", *good, "--redact", "User=because")
        self.fails(2, "disclose", self.case, "--record", "a", *good[2:])
        self.fails(2, "disclose", self.case, "--record", "ffffffffff/1", *good[2:])
        self.fails(5, "disclose", *good, **self.stranger)
        self.run_ok("disclose", *good)
        before = self.run_ok("ledger", self.case)
        self.assertIn("there is a file of this name already", self.fails(2, "disclose", *good))
        self.fails(2, "disclose", *good[:-1], self.path("no/such/folder/x.exhibit"))
        self.assertEqual(self.run_ok("ledger", self.case), before)


if __name__ == "__main__":
    main()
