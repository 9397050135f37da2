"""Time stamps, end to end, by the openssl program as the authority."""
import http.server
import shutil
import subprocess
import threading
import unittest

from support import CliTest, event, main, rule

CONFIG = """
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[tsa]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[authority]
serial = serial
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[lists]
database = index.txt
crlnumber = crlnumber
default_md = sha256
"""


@unittest.skipUnless(shutil.which("openssl"), "the openssl program is not installed")
class Timestamp(CliTest):
    def setUp(self):
        super().setUp()
        self.path("config", CONFIG)
        for name, text in (("serial", "01\n"), ("index.txt", ""), ("crlnumber", "01\n")):
            self.path(name, text)
        self.authority("ca.key", "ca.pem", "/CN=Root")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "tsa.key",
                     "-out", "tsa.csr", "-subj", "/CN=Authority", "-config", "config")
        self.openssl("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                     "tsa.pem", "-days", "30", "-extfile", "config", "-extensions", "tsa")
        self.list_revoked()
        self.case = self.path("case")
        log = self.path("logs/a.jsonl", event() + event(CommandLine="needle 2"))
        self.run_ok("hunt", log, "-r", self.path("one.yml", rule()), "--case", self.case)
        self.trust = ("--trust", self.path("key", self.run_ok("party", "list")))

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace"))

    def authority(self, key, certificate, name):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                     "-out", certificate, "-subj", name, "-days", "30", "-config", "config", "-extensions", "ca")

    def list_revoked(self):
        self.openssl("ca", "-gencrl", "-keyfile", "ca.key", "-cert", "ca.pem", "-out", "tsa.crl", "-config", "config",
                     "-name", "lists", "-crldays", "20")

    def stamp(self, case, *more):
        self.run_ok("timestamp", "request", case, "-o", self.path("ask.tsq"), "--force", *more)
        self.openssl("ts", "-reply", "-queryfile", "ask.tsq", "-config", "config", "-section", "authority", "-out",
                     "answer.tsr")
        return self.path("answer.tsr")

    def test_a_stamp_fixes_the_log_for_whoever_believes_the_authority(self):
        answer = self.stamp(self.case)
        out = self.run_ok("timestamp", "add", self.case, answer, "--crl", self.path("tsa.crl")).decode()
        self.assertIn("Kept with 3 entries of collector.", out)
        self.assertIn("CN=Authority", out)
        self.assertIn("Kept before", self.run_ok("timestamp", "add", self.case, answer).decode())
        out = self.run_ok("verify", self.case, *self.trust, "--tsa-ca", self.path("ca.pem")).decode()
        self.assertRegex(out, r"fixed since  \S+Z: CN=Authority stamped 3 entries by then")
        self.assertIn("stamp again before", out)
        # Whoever names no authority has not asked: it is listed, and the verdict is as before.
        out = self.run_ok("verify", self.case, *self.trust).decode()
        self.assertIn("said to be   stamped", out)
        self.assertIn("on the signer's word alone", out)
        # Another authority than the one that is believed.
        self.authority("other.key", "other.pem", "/CN=Other")
        self.assertIn("undecidable  timestamp ", self.run_ok(
            "verify", self.case, *self.trust, "--tsa-ca", self.path("other.pem"), status=4).decode())
        self.run_ok("verify", self.case, *self.trust, "--tsa-ca", self.path("ca.pem"), "--tsa-policy", "1.2.3.4.9",
                    status=1)
        # It goes where the case goes.
        tar = self.path("all.tar")
        self.run_ok("handover", self.case, "-o", tar)
        there = {"environment": {"EXHIBIT_HOME": self.path("other-home")}}
        self.assertIn("stamped 3 entries by then", self.run_ok(
            "verify", tar, *self.trust, "--tsa-ca", self.path("ca.pem"), **there).decode())

    def test_a_revoked_authority_proves_nothing(self):
        self.openssl("ca", "-revoke", "tsa.pem", "-keyfile", "ca.key", "-cert", "ca.pem", "-config", "config", "-name",
                     "lists", "-crl_reason", "keyCompromise")
        self.list_revoked()
        self.run_ok("timestamp", "add", self.case, self.stamp(self.case), "--crl", self.path("tsa.crl"))
        out = self.run_ok("verify", self.case, *self.trust, "--tsa-ca", self.path("ca.pem"), status=1).decode()
        self.assertIn("timestamp.revocation", out)

    def test_a_bundle_holds_the_stamps_of_what_it_discloses(self):
        self.run_ok("timestamp", "add", self.case, self.stamp(self.case), "--crl", self.path("tsa.crl"))
        bundle = self.path("a.exhibit")
        self.run_ok("disclose", self.case, "--all-findings", "--to", "x", "--tlp", "CLEAR", "-o", bundle)
        there = {"environment": {"EXHIBIT_HOME": self.path("other-home")}}
        out = self.run_ok("verify", bundle, *self.trust, "--tsa-ca", self.path("ca.pem"), **there).decode()
        self.assertRegex(out, r"fixed since  \S+Z: CN=Authority stamped 3 entries by then")
        self.assertRegex(out, r"valid +timestamp collector/3: CN=Authority: existed by")
        out = self.run_ok("verify", bundle, *self.trust, **there).decode()
        self.assertIn("said to be   stamped", out)
        self.authority("other.key", "other.pem", "/CN=Other")
        self.run_ok("verify", bundle, *self.trust, "--tsa-ca", self.path("other.pem"), status=4, **there)

    def test_what_is_stamped_is_this_log(self):
        answer = self.stamp(self.case)
        self.run_ok("statement", self.case, "More.")
        # The answer is to the question of then, and stays good for it.
        self.assertIn("3 entries", self.run_ok("timestamp", "add", self.case, answer).decode())
        self.assertIn("stamped 3 entries", self.run_ok("verify", self.case, *self.trust).decode())
        stamped = self.folder / "case/ledger/collector/stamped/3/checkpoint"
        stamped.write_bytes(stamped.read_bytes().replace(b"\n3\n", b"\n2\n"))
        self.assertIn("INVALID      timestamp.stamped", self.run_ok("verify", self.case, *self.trust, status=1).decode())

    def test_what_cannot_be(self):
        self.fails(2, "timestamp", "request", self.case)
        self.fails(2, "timestamp", "request", self.case, "-o", self.path("x.tsq"), "--log", "nobody")
        self.fails(2, "timestamp", "request", self.case, "-o", self.path("x.tsq"), "--tsa-policy", "not an oid")
        self.fails(2, "timestamp", "add", self.case, self.path("none"))
        answer = self.stamp(self.case)
        self.run_ok("hunt", self.path("logs/b.jsonl", event()), "-r", self.path("one.yml"), "--case", self.path("other"))
        self.run_ok("timestamp", "request", self.path("other"), "-o", self.path("y.tsq"))
        self.assertIn("stamps no checkpoint", self.fails(1, "timestamp", "add", self.path("other"), answer))
        self.assertIn("no time stamp token", self.fails(1, "timestamp", "add", self.case, self.path("ask.tsq")))

    def test_over_http(self):
        test = self

        class Authority(http.server.BaseHTTPRequestHandler):
            replay = None

            def do_POST(self):
                test.assertEqual(self.headers["Content-Type"], "application/timestamp-query")
                (test.folder / "posted.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
                test.openssl("ts", "-reply", "-queryfile", "posted.tsq", "-config", "config", "-section", "authority",
                             "-out", "posted.tsr")
                body = Authority.replay or (test.folder / "posted.tsr").read_bytes()
                self.send_response(503 if self.path == "/busy" else 200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Authority)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_port}"
        out = self.run_ok("timestamp", "ask", self.case, url, "--crl", self.path("tsa.crl")).decode()
        self.assertIn("Kept with 3 entries of collector.", out)
        out = self.run_ok("verify", self.case, *self.trust, "--tsa-ca", self.path("ca.pem")).decode()
        self.assertIn("CN=Authority stamped 3 entries by then", out)
        # The same answer to another question is none.
        Authority.replay = self.read("posted.tsr")
        self.assertIn("timestamp.nonce", self.fails(6, "timestamp", "ask", self.case, url))
        Authority.replay = b"<html>"
        self.fails(6, "timestamp", "ask", self.case, url)
        self.assertIn("503", self.fails(6, "timestamp", "ask", self.case, url + "/busy"))
        self.fails(6, "timestamp", "ask", self.case, "http://127.0.0.1:1")
        self.fails(2, "timestamp", "ask", self.case, "nowhere")

    def test_any_file(self):
        answer = self.stamp(self.case)
        stamped = self.folder / "case/ledger/collector/checkpoint"
        judge = ("--tsa-ca", self.path("ca.pem"), "--crl", self.path("tsa.crl"), "--request", self.path("ask.tsq"))
        out = self.run_ok("timestamp", "verify", stamped, answer, *judge).decode()
        self.assertIn("valid        timestamp.nonce", out)
        self.run_ok("timestamp", "verify", stamped, answer, status=4)
        out = self.run_ok("timestamp", "verify", self.path("config"), answer, *judge, status=1).decode()
        self.assertIn("INVALID      timestamp.imprint", out)


if __name__ == "__main__":
    main()
