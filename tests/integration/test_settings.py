"""The contract with operators: what the program says of itself, and how it takes, and refuses, its settings."""

import base64
import json
import os
import re
import signal
import subprocess
import unittest

import jsonschema

import harness
import jose
from harness import run_documents, settings_for

EX_OK, EX_USAGE, EX_CONFIG = 0, 64, 78
MARKER = "mArKeR"

# DESIGN.md section 5, and those that the parts have added.
OFFERED = """SERVICE_NAME ENV LOG_LEVEL LOG_PSEUDONYM_KEY LISTEN STATUS_LISTEN SERVICE_USER SERVICE_GROUP WEB_CONCURRENCY
    WORKER_TIMEOUT SLOW_REQUEST_TIMEOUT KEEPALIVE_TIMEOUT REQUEST_READ_TIMEOUT QUEUE_TIMEOUT GRACEFUL_TIMEOUT UPGRADE_TIMEOUT
    APP_DATABASE_URL MIGRATION_DATABASE_URL TRUSTED_PROXY_HOPS
    TRUSTED_PROXIES ALLOWED_HOSTS MAX_CONTENT_LENGTH FRONTEND_URL JWT_PUBLIC_KEY JWT_AUDIENCE JWT_ISSUER
    JWT_ALGORITHMS JWT_LEEWAY
    JWT_CLAIM_NAMESPACE AUTHORIZATION_POLICIES_DIR AUTHORIZATION_ON_FORBID_ERROR AUTHORIZATION_POLICY_CACHE_TTL
    WORKER_MAX_REQUESTS WORKER_MAX_REQUESTS_JITTER WORKER_MAX_LIFETIME WORKER_MEMORY_LIMIT WORKER_MEMORY_MEASURE
    WORKER_MEMORY_HARD_LIMIT WORKER_CPU_AFFINITY WORKER_NICE WORKER_SCHEDULING WORKER_MODE WORKER_START WORKER_MIN_SPARE WORKER_MAX_SPARE WORKER_IDLE_TIMEOUT WORKER_SPAWN_RATE
    LISTEN_ALLOWED_PEERS LISTEN_BACKLOG LOG_FILE PID_FILE SERVICE_CHROOT SERVICE_DIRECTORY CORE_DUMPS OOM_SCORE_ADJ WORKER_OOM_SCORE_ADJ SANDBOX SANDBOX_READ_PATHS
    SANDBOX_WRITE_PATHS RATE_LIMIT_STORAGE_URI HEALTH_RATE_LIMIT DOCUMENT_READ_RATE_LIMIT DOCUMENT_DELETE_RATE_LIMIT""".split()

# What a later version will offer: said in the help, refused when set.
LATER = {
    "JWT_JWKS_URI": "https://issuer.example/jwks",
    "RATE_LIMIT_STORAGE_URI": "redis://127.0.0.1/0",
}

# Name -> (least, most).
NUMBERS = {
    "WEB_CONCURRENCY": (1, 512), "WORKER_TIMEOUT": (1, 3600), "REQUEST_READ_TIMEOUT": (1, 3600),
    "KEEPALIVE_TIMEOUT": (0, 86400), "GRACEFUL_TIMEOUT": (1, 3600), "UPGRADE_TIMEOUT": (1, 3600), "GUNICORN_THREADS": (1, 128),
    "GUNICORN_KEEPALIVE": (1, 3600),
    "TRUSTED_PROXY_HOPS": (0, 16), "MAX_CONTENT_LENGTH": (1, 1073741824), "JWT_LEEWAY": (0, 60),
    "AUTHORIZATION_POLICY_CACHE_TTL": (0, 86400), "LISTEN_BACKLOG": (1, 65535),
}

# One value of every other setting that cannot be one, with a marker in it.
IMPOSSIBLE = {
    "SERVICE_NAME": MARKER + " with blanks", "ENV": MARKER, "LOG_LEVEL": MARKER, "LOG_PSEUDONYM_KEY": MARKER,
    "LISTEN": MARKER + ":port", "LISTEN_ALLOWED_PEERS": MARKER, "TRUSTED_PROXIES": "10.0.0.0/8 " + MARKER, "ALLOWED_HOSTS": "a.example/" + MARKER,
    "FRONTEND_URL": "https://a.example/" + MARKER, "JWT_PUBLIC_KEY": MARKER, "JWT_AUDIENCE": MARKER + ",,",
    "JWT_ALGORITHMS": "RS256 " + MARKER, "JWT_CLAIM_NAMESPACE": MARKER + "?", "JWT_SECOND_OPINION": MARKER,
    "SLOW_REQUEST_TIMEOUT": "0." + MARKER, "JWT_MAX_BYTES": MARKER, "AUTHORIZATION_ON_FORBID_ERROR": MARKER, "RATE_LIMIT_TABLE_ENTRIES": MARKER,
    "RATE_LIMIT_STORAGE_URI": "postgres://user:%s@host/db" % MARKER, "HEALTH_RATE_LIMIT": MARKER + " per minute",
    "DOCUMENT_READ_RATE_LIMIT": "60 per " + MARKER, "DOCUMENT_DELETE_RATE_LIMIT": "0 per minute " + MARKER,
    "LOG_FILE": MARKER, "PID_FILE": MARKER, "SERVICE_CHROOT": MARKER, "SERVICE_DIRECTORY": MARKER, "CORE_DUMPS": MARKER, "OOM_SCORE_ADJ": MARKER,
    "WORKER_OOM_SCORE_ADJ": "-" + MARKER, "SANDBOX": MARKER, "SANDBOX_READ_PATHS": MARKER,
    "SANDBOX_WRITE_PATHS": "/tmp:" + MARKER, "WORKER_MODE": MARKER, "WORKER_MAX_REQUESTS": MARKER,
    "WORKER_MAX_REQUESTS_JITTER": MARKER, "WORKER_MAX_LIFETIME": MARKER, "WORKER_MEMORY_LIMIT": MARKER,
    "WORKER_MEMORY_MEASURE": MARKER, "WORKER_MEMORY_HARD_LIMIT": MARKER, "WORKER_CPU_AFFINITY": "0-" + MARKER,
    "WORKER_NICE": MARKER, "WORKER_SCHEDULING": MARKER, "WORKER_START": MARKER, "WORKER_MIN_SPARE": MARKER,
    "WORKER_MAX_SPARE": MARKER, "WORKER_IDLE_TIMEOUT": MARKER, "WORKER_SPAWN_RATE": MARKER,
    "SANDBOX_WRITE_PATHS": "/tmp:" + MARKER, "QUEUE_TIMEOUT": "0." + MARKER,
    "APP_DATABASE_URL": "postgres://user:%s@host/db" % MARKER, "MIGRATION_DATABASE_URL": "sqlite://%s.db" % MARKER,
}


class Settings(harness.Play):
    def run_with(self, *arguments, **changes):
        return run_documents(self, settings_for(self, **changes), *arguments)

    def seed(self):
        """--check asks the service, too, and that wants its store."""
        self.assertEqual(self.run_with("seed").returncode, EX_OK)

    def assertFaults(self, names, done):
        """Ends with 78 and names these settings, and no others, each on a line of its own."""
        self.assertEqual(done.returncode, EX_CONFIG, done.stderr)
        found = set(re.findall(r"^(?:documents: +|[ -]*)?([A-Z][A-Z0-9_]{2,})\b", done.stderr, re.M))
        self.assertEqual(found, set(names), done.stderr)


class Saying(Settings):
    def test_help(self):
        done = self.run_with("--help")
        self.assertEqual((done.returncode, done.stderr), (EX_OK, ""))
        for word in ("--help", "--version", "--help-settings", "--check", "migrate", "seed"):
            self.assertIn(word, done.stdout)

    def test_version(self):
        done = self.run_with("--version")
        self.assertEqual((done.returncode, done.stderr), (EX_OK, ""))
        self.assertRegex(done.stdout, r"^documents [0-9]+\.[0-9]+\.[0-9]+\S*\n$")

    def test_what_is_no_option(self):
        for arguments in (["--no-such-option"], ["-h"], [""], ["--check", "more"], ["--version", "--help"], ["serve"],
                          ["seed", "more"]):
            with self.subTest(arguments):
                done = self.run_with(*arguments)
                self.assertEqual((done.returncode, done.stdout), (EX_USAGE, ""))
                self.assertNotEqual(done.stderr, "")

    def test_help_on_settings(self):
        done = self.run_with("--help-settings", LOG_PSEUDONYM_KEY=MARKER * 8, SERVICE_NAME=MARKER)
        self.assertEqual((done.returncode, done.stderr), (EX_OK, ""))
        rows = re.findall(r"^([A-Z_]+) +\S", done.stdout, re.M)
        self.assertEqual(len(rows), len(set(rows)))
        self.assertLessEqual({"NAME", *OFFERED, *LATER, *NUMBERS}, set(rows))
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 100)
        self.assertNotIn(MARKER, done.stdout)

    def test_help_needs_no_settings(self):
        for argument in ("--help", "--version", "--help-settings"):
            self.assertEqual(run_documents(self, {}, argument).returncode, EX_OK)

    def test_check(self):
        self.seed()
        done = self.run_with("--check")
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1], done.stderr), (EX_OK, "ok", ""))
        self.assertFalse(os.path.exists(self.path("documents.sock")), "a check opens no socket")
        self.assertFalse(os.path.exists(self.path("documents-limits.db")), "a check makes no file")


class Refusing(Settings):
    def test_all_faults_at_once_and_no_value_of_any(self):
        self.seed()
        impossible = {**IMPOSSIBLE, **{name: "%d%s" % (most, MARKER) for name, (_, most) in NUMBERS.items()},
                      "JWT_PUBLIC_KEY_FILE": None, "POSTERN_" + MARKER.upper(): MARKER,
                      "AUTHORIZATION_POLICIES_DIR": self.read_only_policies()}
        for arguments in (["--check"], []):
            with self.subTest(arguments):
                done = self.run_with(*arguments, **impossible)
                faults = {"RATE_LIMIT_STORAGE_URI", *IMPOSSIBLE, *NUMBERS, "POSTERN_" + MARKER.upper()}
                self.assertFaults(faults, done)
                self.assertNotIn(MARKER, done.stdout + done.stderr)

    def test_a_setting_by_any_of_its_names_hides_no_other_fault(self):
        self.seed()
        nowhere = self.path("nowhere")
        for name, changes in {
                "WORKER_TIMEOUT": {"WORKER_TIMEOUT": "0"}, "GUNICORN_TIMEOUT": {"GUNICORN_TIMEOUT": "0"},
                "JWT_PUBLIC_KEY": {"JWT_PUBLIC_KEY_FILE": nowhere},
                "LOG_PSEUDONYM_KEY": {"LOG_PSEUDONYM_KEY_FILE": nowhere},
                "RATELIMIT_STORAGE_URI": {"RATELIMIT_STORAGE_URI": "redis://127.0.0.1/0",
                                          "RATE_LIMIT_STORAGE_URI": None}}.items():
            with self.subTest(name):
                done = self.run_with("--check", **changes, AUTHORIZATION_POLICIES_DIR=nowhere)
                self.assertEqual(done.returncode, EX_CONFIG)
                for fault in (name, "AUTHORIZATION_POLICIES_DIR"):
                    self.assertRegex(done.stderr, r"(?m)^documents: %s: " % fault)
                self.assertNotIn(nowhere, done.stderr)

    def test_the_log_of_a_start_that_failed(self):
        self.seed()
        done = self.run_with(ENV=MARKER)
        with open(os.path.join(harness.SOURCE, "schemas", "log.json")) as f:
            schema = jsonschema.Draft202012Validator(json.load(f))
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        for line in lines:
            schema.validate(line)
        self.assertEqual([(line["event_type"], line["level"], line["reason"]) for line in lines],
                         [("service.start_failed", "critical", "settings")])
        self.assertFalse(os.path.exists(self.path("documents.sock")))

    def test_numbers(self):
        self.seed()
        for name, changes in {
                "the least": {name: str(least) for name, (least, _) in NUMBERS.items()},
                "the most": {name: str(most) for name, (_, most) in NUMBERS.items()},
                "empty": {name: "" for name in NUMBERS},
                "zeros before": {name: "00" + str(most) for name, (_, most) in NUMBERS.items()}}.items():
            with self.subTest(name):
                self.assertEqual(self.run_with("--check", **changes).returncode, EX_OK)
        for name, of in {
                "below the least": lambda least, most: least - 1, "above the most": lambda least, most: most + 1,
                "a plus": lambda least, most: "+%d" % most, "a space before": lambda least, most: " %d" % most,
                "a space behind": lambda least, most: "%d " % most, "a fraction": lambda least, most: "%d.0" % most,
                "an exponent": lambda least, most: "1e1", "hexadecimal": lambda least, most: "0x1",
                "a unit": lambda least, most: "%ds" % most, "a word": lambda least, most: "many",
                "other digits": lambda least, most: "\u0661", "2^64 + 1": lambda least, most: 2 ** 64 + 1}.items():
            with self.subTest(name):
                self.assertFaults(NUMBERS, self.run_with("--check", **{
                    setting: str(of(*limits)) for setting, limits in NUMBERS.items()}))

    def test_empty_means_the_default(self):
        """Of every setting, those that a later version offers too, by every name and as a file's name."""
        self.seed()
        names = set(re.findall(r"^([A-Z_]+) +\S", self.run_with("--help-settings").stdout, re.M)) - {"NAME"}
        self.assertGreater(len(names), 40)
        given = set(settings_for(self)) | {"JWT_PUBLIC_KEY"}
        for ending in ("", "_FILE"):
            empty = {name + ending: "" for name in names | {"GUNICORN_TIMEOUT", "RATELIMIT_STORAGE_URI"}
                     if name + ending not in given}
            done = self.run_with("--check", **empty)
            self.assertEqual((done.returncode, done.stderr), (EX_OK, ""))
        service = harness.Service(self, **{name: "" for name in ("SERVICE_NAME", "LOG_LEVEL", "WEB_CONCURRENCY")})
        self.assertEqual(len(service.wait_event("worker.started", 2)), 2)
        self.assertEqual(service.log()[0]["service"], "documents")

    def test_limits(self):
        self.seed()
        for text, is_one in (("1 per second", True), ("1000000 per day", True), ("60/minute", True),
                             ("5 per hour", True),
                             ("0 per minute", False), ("1000001 per minute", False), ("60", False),
                             ("per minute", False),
                             ("-1 per minute", False), ("60 per fortnight", False),
                             ("60 per minute; 5 per second", False)):
            with self.subTest(text):
                done = self.run_with("--check", HEALTH_RATE_LIMIT=text)
                if is_one:
                    self.assertEqual(done.returncode, EX_OK)
                else:
                    self.assertFaults(["HEALTH_RATE_LIMIT"], done)

    def test_what_a_later_version_offers(self):
        self.seed()
        for name, value in LATER.items():
            with self.subTest(name):
                done = self.run_with("--check", **{name: value})
                self.assertFaults([name], done)
                self.assertIn("not offered by this version", done.stderr)

    def test_origins(self):
        self.seed()
        for value, is_one in (("https://a.example", True), ("http://localhost:5173 https://b.example:8443", True),
                              ("*", False), ("null", False), ("https://a.example/", False),
                              ("https://a.example/x", False),
                              ("https://*.example", False), ("a.example", False), ("ftp://a.example", False),
                              ("https://user@a.example", False), ("https://a.example?x", False), ("https://", False)):
            with self.subTest(value):
                done = self.run_with("--check", FRONTEND_URL=value)
                if is_one:
                    self.assertEqual(done.returncode, EX_OK)
                else:
                    self.assertFaults(["FRONTEND_URL"], done)

    def test_names_that_are_none(self):
        for name in ("POSTERN_DEBUG", "POSTERN_", "POSTERN_LISTEN_FILE"):
            with self.subTest(name):
                self.seed()
                done = self.run_with("--check", **{name: MARKER})
                self.assertEqual(done.returncode, EX_CONFIG)
                self.assertIn(name, done.stderr)
                self.assertNotIn(MARKER, done.stderr)

    def test_a_name_that_another_program_ignores(self):
        done = self.run_with("--check", JWT_PUBLIC_KEY_FILE=None, JWT_PUBLIC_KEY_PEM=jose.public_pem().decode())
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn("JWT_PUBLIC_KEY_PEM", done.stderr)

    def test_two_names_of_one_setting(self):
        self.seed()
        uri = "sqlite://" + self.path("documents-limits.db")
        for name, changes, status in (
                ("the other name alone", {"RATE_LIMIT_STORAGE_URI": None, "RATELIMIT_STORAGE_URI": uri}, EX_OK),
                ("both, the same", {"RATELIMIT_STORAGE_URI": uri}, EX_OK),
                ("both, different", {"RATELIMIT_STORAGE_URI": "memory://"}, EX_CONFIG),
                ("gunicorn's timeout", {"GUNICORN_TIMEOUT": "60"}, EX_OK),
                ("two timeouts", {"GUNICORN_TIMEOUT": "60", "WORKER_TIMEOUT": "61"}, EX_CONFIG)):
            with self.subTest(name):
                self.assertEqual(self.run_with("--check", **changes).returncode, status)

    def test_a_service_without_its_store_does_not_start(self):
        done = self.run_with()
        self.assertEqual(done.returncode, EX_CONFIG)
        self.assertIn('"service.start_failed"', done.stdout)
        self.assertNotIn(self.folder, done.stdout + done.stderr)
        self.assertFalse(os.path.exists(self.path("documents.db")), "serving makes no store")


class Keys(Settings):
    """A missing or unfit key is never "no verification"."""

    def write(self, name, content):
        path = self.path(name)
        with open(path, "wb") as f:
            f.write(content)
        os.chmod(path, 0o644)
        return path

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout

    def check(self, content=None, **changes):
        given = {"JWT_PUBLIC_KEY_FILE": self.write("key.pem", content)} if content is not None else {}
        return self.run_with("--check", **{**given, **changes})

    def test_keys_that_serve(self):
        self.seed()
        pem = jose.public_pem()
        elliptic = self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        self.write("ec.pem", elliptic)
        elliptic = self.openssl("pkey", "-in", self.path("ec.pem"), "-pubout")
        for name, done in {
                "PEM in a file": self.check(pem),
                "PEM in the environment": self.check(JWT_PUBLIC_KEY_FILE=None, JWT_PUBLIC_KEY=pem.decode()),
                "base64 of PEM": self.check(JWT_PUBLIC_KEY_FILE=None, JWT_PUBLIC_KEY=base64.b64encode(pem).decode()),
                "Windows' line ends": self.check(pem.replace(b"\n", b"\r\n")),
                "P-256 with ES256": self.check(elliptic, JWT_ALGORITHMS="ES256")}.items():
            with self.subTest(name):
                self.assertEqual((done.returncode, done.stderr), (EX_OK, ""))
        self.assertEqual(self.check(elliptic).returncode, EX_CONFIG, "P-256 does not serve RS256")
        self.assertEqual(self.check(elliptic, JWT_ALGORITHMS="ES256 RS256").returncode, EX_CONFIG)

    def test_keys_that_do_not(self):
        self.seed()
        pem = jose.public_pem()
        with open(harness.Keys.get().private(), "rb") as f:
            private = f.read()
        small = jose.other_key(self.folder, "small.pem", 1024)
        faults = {
            "none": self.check(JWT_PUBLIC_KEY_FILE=None),
            "an empty one": self.check(JWT_PUBLIC_KEY_FILE=None, JWT_PUBLIC_KEY=""),
            "an empty file": self.check(b""),
            "a private key": self.check(private),
            "an encrypted private key": self.check(self.openssl(
                "pkcs8", "-topk8", "-in", harness.Keys.get().private(), "-passout", "pass:x")),
            "two keys": self.check(pem + pem),
            "text before it": self.check(b"# issuer\n" + pem),
            "text behind it": self.check(pem + b"more"),
            "half of it": self.check(pem[:200]),
            "1024 bits": self.check(self.openssl("pkey", "-in", small, "-pubout")),
            "another kind of PEM": self.check(pem.replace(b"PUBLIC KEY", b"RSA PUBLIC KEY")),
            "no PEM": self.check(b"not a key"),
            "given twice": self.check(JWT_PUBLIC_KEY=pem.decode()),
            "a file that is not there": self.check(JWT_PUBLIC_KEY_FILE=self.path("nowhere.pem")),
            "a folder": self.check(JWT_PUBLIC_KEY_FILE=self.folder),
            "a device": self.check(JWT_PUBLIC_KEY_FILE="/dev/zero"),
        }
        for name, done in faults.items():
            with self.subTest(name):
                self.assertEqual(done.returncode, EX_CONFIG)
                self.assertIn("JWT_PUBLIC_KEY", done.stderr)
                self.assertNotIn(self.folder, done.stderr)
                self.assertNotIn("MII", done.stderr)

    def test_a_key_that_goes_away_is_no_licence(self):
        path = self.write("key.pem", jose.public_pem())
        service = harness.Service(self, JWT_PUBLIC_KEY_FILE=path)
        for content in (b"", b"not a key"):
            refused = len(service.events("service.reload_refused"))
            self.write("key.pem", content)
            service.signal(signal.SIGHUP)
            service.wait_event("service.reload_refused", refused + 1)
            for headers, status in ((harness.bearer("patient-p1"), 200), (jose.bearer(jose.token(jose.claims(exp=1))),
                                                                          401),
                                    ({"Authorization": "Bearer x"}, 401), ({}, 401)):
                self.assertEqual(service.request(path="/api/v1/documents/d1", headers=headers).status, status)
        os.remove(path)
        self.assertEqual(service.stop(), 0)
        self.assertEqual(run_documents(self, service.settings).returncode, EX_CONFIG)

    def test_another_key_after_a_reload_ends_the_old_tokens(self):
        path = self.write("key.pem", jose.public_pem())
        service = harness.Service(self, JWT_PUBLIC_KEY_FILE=path)
        self.assertEqual(service.request(path="/api/v1/documents/d1", headers=harness.bearer("patient-p1")).status, 200)
        other = jose.other_key(self.folder)
        self.write("key.pem", self.openssl("pkey", "-in", other, "-pubout"))
        service.signal(signal.SIGHUP)
        service.wait_event("worker.stopped", 2)
        self.assertEqual(service.request(path="/api/v1/documents/d1", headers=harness.bearer("patient-p1")).status, 401)
        new = jose.bearer(jose.token(jose.claims(), key=other))
        self.assertEqual(service.request(path="/api/v1/documents/d1", headers=new).status, 200)

    def test_hmac_and_none_cannot_be_configured(self):
        self.seed()
        for value in ("none", "None", "HS256", "RS256 HS256", "RS256,none", "rs256", "*"):
            with self.subTest(value):
                self.assertFaults(["JWT_ALGORITHMS"], self.check(JWT_ALGORITHMS=value))


class Policies(Settings):
    def check(self, **files):
        folder = self.path("my-policies")
        os.makedirs(folder, exist_ok=True)
        for name in os.listdir(folder):
            os.remove(os.path.join(folder, name))
        for name, text in files.items():
            with open(os.path.join(folder, name + ".cedar"), "w") as f:
                f.write(text)
            os.chmod(f.name, 0o644)
        return self.run_with("--check", AUTHORIZATION_POLICIES_DIR=folder)

    def test_without_a_policy_it_does_not_start(self):
        self.seed()
        for name, done in {"no file": self.check(), "an empty file": self.check(a="// nothing\n"),
                           "no folder": self.run_with("--check", AUTHORIZATION_POLICIES_DIR=self.path("nowhere")),
                           "no folder but a file": self.run_with("--check",
                                                                 AUTHORIZATION_POLICIES_DIR="/dev/null")}.items():
            with self.subTest(name):
                self.assertEqual(done.returncode, EX_CONFIG)
                self.assertIn("AUTHORIZATION_POLICIES_DIR", done.stderr)
                self.assertNotIn(self.folder, done.stderr)

    def test_a_fault_in_a_policy_is_told_by_its_place(self):
        self.seed()
        good = "permit (principal, action, resource);\n"
        for name, text in {"a word that is none": "permit (principal, action, resource) when { nonsense };",
                           "an open brace": "permit (principal, action, resource) when { true ;",
                           "not Cedar": "allow everything"}.items():
            with self.subTest(name):
                done = self.check(good=good, bad=good + text)
                self.assertEqual(done.returncode, EX_CONFIG)
                self.assertRegex(done.stderr, r"bad\.cedar:2:[0-9]+")
                self.assertNotIn(self.folder, done.stderr)
        self.assertEqual(self.check(good=good).returncode, EX_OK)


class Secrets(Settings):
    def test_secrets_leave_the_environment(self):
        key = self.path("pseudonym-key")
        with open(key, "w") as f:
            f.write(MARKER * 8 + "\n")
        os.chmod(key, 0o644)
        service = harness.Service(self, ENV="production", LOG_PSEUDONYM_KEY=MARKER * 8)
        service.request()
        for pid in [service.pid] + harness.children_of(service.pid):
            try:
                with open("/proc/%d/environ" % pid, "rb") as f:
                    self.assertNotIn(MARKER.encode(), f.read())
            except PermissionError:
                pass  # not even its own user may look
            with open("/proc/%d/cmdline" % pid, "rb") as f:
                self.assertNotIn(MARKER.encode(), f.read())
            with open("/proc/%d/limits" % pid) as f:
                self.assertRegex(f.read(), r"Max core file size +0 +0 ")
        client = service.wait_event("http.access")[0]["client"]
        self.assertEqual(client, harness.pseudonym(MARKER * 8, "client", "192.0.2.7"))
        self.assertNotIn(MARKER, service.output() + service.errors())
        self.assertEqual(service.stop(), 0)

        service = harness.Service(self, LOG_PSEUDONYM_KEY_FILE=key)
        service.request()
        self.assertEqual(service.wait_event("http.access")[0]["client"], client,
                         "the file's newline is none of the key")

    def test_a_key_of_31_bytes_is_none(self):
        self.seed()
        self.assertFaults(["LOG_PSEUDONYM_KEY"], self.run_with("--check", LOG_PSEUDONYM_KEY="k" * 31))
        self.assertEqual(self.run_with("--check", LOG_PSEUDONYM_KEY="k" * 32).returncode, EX_OK)


if __name__ == "__main__":
    unittest.main()
