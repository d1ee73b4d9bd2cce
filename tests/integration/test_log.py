"""The log: every line keeps its schema, and nothing of a request but what the schema names gets into it."""

import collections
import itertools
import json
import os
import re
import signal
import subprocess
import threading
import unittest

import jsonschema

import harness
import jose
from harness import bearer

KEY = "a key of the log's pseudonyms in tests"
DOCUMENT = "/api/v1/documents/d1"
TEMPLATE = "/api/v1/documents/{document_id}"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


def schema():
    with open(os.path.join(harness.SOURCE, "schemas", "log.json")) as f:
        document = json.load(f)
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


class Log(harness.Play):
    def assertValid(self, service, own=("documents.",)):
        """Every line is a whole one of the schema, its event a known one, its time not before the last one's."""
        validator = schema()
        known = validator.schema["$defs"]["frameworkEvents"]["enum"]
        text = service.output()
        self.assertTrue(text.endswith("\n"))
        for line in text.splitlines():
            parsed = json.loads(line)
            validator.validate(parsed)
            self.assertTrue(parsed["event_type"] in known or parsed["event_type"].startswith(own), line)
            self.assertLessEqual(len(line.encode()) + 1, 4096)
            self.assertEqual(json.dumps(parsed, separators=(",", ":"), ensure_ascii=False), line, "one spelling")
        self.assertEqual(service.errors(), "")

    def only(self, service, event_type, since):
        events = harness.wait_until(lambda: service.events(event_type, since), event_type)
        self.assertEqual(len(events), 1)
        return events[0]


class Session(Log):
    def test_a_whole_life_keeps_the_schema(self):
        service = harness.Service(self, LOG_LEVEL="debug", DOCUMENT_DELETE_RATE_LIMIT="1 per day",
                                  REQUEST_READ_TIMEOUT=1)
        seen_before = {line["event_type"] for line in service.log()}
        sandbox = {"strict": {"sandbox.in_force"}, "log": {"sandbox.degraded"}}.get(service.settings.get("SANDBOX"), set())
        self.assertEqual(seen_before - sandbox, {"rate_limit.restored", "settings.accepted", "worker.started",
                                                 "authorization.policies_loaded", "service.startup"})
        with service.connect() as connection:
            for request in (
                    {}, {"method": "HEAD"}, {"method": "OPTIONS"}, {"method": "BREW"}, {"path": "/nowhere"},
                    {"path": "/%00"},
                    {"path": DOCUMENT}, {"path": DOCUMENT, "headers": bearer("patient-p1")},
                    {"path": DOCUMENT, "headers": bearer("patient-p2")},
                    {"path": "/api/v1/documents/d9", "headers": bearer("admin")},
                    {"path": DOCUMENT, "headers": {"Authorization": "Bearer x"}}, {"body": b"x" * 20000},
                    {"params": {"HTTP_HOST": "a b"}},
                    {"path": "/api/v1/documents/d:1", "headers": bearer("operator")},
                    {"params": {"CONTENT_LENGTH": "x"}},
                    {"path": "/api/v1/documents/d9", "method": "DELETE", "headers": bearer("admin")},
                    {"path": "/api/v1/documents/d9", "method": "DELETE", "headers": bearer("admin")}):
                connection.request(keep=True, **request)
        with service.connect() as connection:
            connection.send(b"garbage")
            self.assertTrue(connection.is_closed())
        with service.connect() as connection:
            connection.send(harness.fcgi_begin())
            self.assertTrue(connection.is_closed())
        os.kill(service.workers()[0], signal.SIGKILL)
        service.wait_event("worker.died")
        service.wait_event("worker.started", 3)
        service.signal(signal.SIGHUP)
        service.wait_event("service.reloaded")
        self.assertEqual(service.stop(), 0)
        self.assertValid(service)
        self.assertEqual({line["event_type"] for line in service.log()} - seen_before, {
            "http.access", "authentication.succeeded", "authentication.failed", "authorization.allowed",
            "authorization.denied",
            "rate_limit.exceeded", "payload.refused", "transport.refused", "contract.refused",
            "gateway.protocol_refused",
            "http.aborted", "worker.died", "worker.stopped", "service.reload", "service.reloaded", "service.stopping",
            "service.shutdown"})
        died = service.events("worker.died")[0]
        self.assertEqual((died["level"], died["cause"], died["signal"]), ("error", "signal", signal.SIGKILL))
        self.assertEqual({line["service"] for line in service.log()}, {"documents"})

    def test_the_service_has_its_own_name(self):
        service = harness.Service(self, SERVICE_NAME="records-2", JWT_AUDIENCE="documents")
        self.assertEqual(service.request(path=DOCUMENT, headers=bearer("patient-p1")).status, 200)
        self.assertEqual(service.stop(), 0)
        self.assertValid(service)
        self.assertEqual({line["service"] for line in service.log()}, {"records-2"})

    def test_the_settings_are_told_by_name(self):
        service = harness.Service(self, LOG_PSEUDONYM_KEY=KEY)
        event = service.events("settings.accepted")[0]
        self.assertEqual(event["environment"], "development")
        self.assertLessEqual({"ENV", "LOG_PSEUDONYM_KEY", "APP_DATABASE_URL"}, set(event["settings"].split()))
        self.assertNotIn(self.folder, service.output())


class Events(Log):
    """Who did what, in the fields of the schema."""

    def setUp(self):
        super().setUp()
        self.service = harness.Service(self, LOG_PSEUDONYM_KEY=KEY, LOG_LEVEL="debug")

    def lines_of(self, *args, **more):
        since = self.service.log_size()
        answer = self.service.request(*args, **more)
        harness.wait_until(lambda: self.service.events("http.access", since), "the access line")
        lines = self.service.log(since)
        self.assertEqual(len({(line["trace_id"], line["span_id"]) for line in lines}), 1, "one request, one trace")
        return answer, {line["event_type"]: line for line in lines}

    def assertFields(self, line, **expected):
        self.assertEqual({name: line.get(name) for name in expected}, expected)

    def test_access(self):
        answer, lines = self.lines_of("GET", DOCUMENT + "?q=1", bearer("patient-p1"), body=b"x" * 77)
        self.assertFields(lines["http.access"], level="info", message="request answered", method="GET",
                          route=TEMPLATE, status=200,
                          request_bytes=77, response_bytes=len(answer.body),
                          client=harness.pseudonym(KEY, "client", "192.0.2.7"),
                          actor=harness.pseudonym(KEY, "actor", "p1"))
        self.assertGreater(lines["http.access"]["duration_us"], 0)
        self.assertLess(lines["http.access"]["duration_us"], 30000000)

        _, lines = self.lines_of("HEAD", "/health")
        self.assertEqual(set(lines), {"http.access"})
        self.assertFields(lines["http.access"], method="HEAD", route="/health", status=200, response_bytes=0,
                          actor=None)
        for method in ("BREW", "get", "TRACE"):
            _, lines = self.lines_of(method, "/nowhere")
            self.assertFields(lines["http.access"], method="OTHER", route=None, status=404)

    def test_authentication(self):
        _, lines = self.lines_of("GET", DOCUMENT, bearer("patient-p1"))
        self.assertFields(lines["authentication.succeeded"], level="debug", route=TEMPLATE,
                          actor=harness.pseudonym(KEY, "actor", "p1"),
                          client=harness.pseudonym(KEY, "client", "192.0.2.7"))
        _, lines = self.lines_of("GET", DOCUMENT, jose.bearer(jose.token(jose.claims(exp=1))))
        self.assertEqual(set(lines), {"authentication.failed", "http.access"})
        self.assertFields(lines["authentication.failed"], level="warning", reason="expired", actor=None, route=TEMPLATE,
                          client=harness.pseudonym(KEY, "client", "192.0.2.7"))
        self.assertFields(lines["http.access"], status=401, actor=None)

    def test_authorization(self):
        for who, method, event, fields in (
                ("patient-p1", "GET", "authorization.allowed",
                 dict(level="info", reason="permit", policy="patient-reads-own-documents", action="readDocument")),
                ("clinician-a", "GET", "authorization.allowed",
                 dict(policy="clinician-reads-documents-of-own-clinic")),
                ("operator", "GET", "authorization.allowed", dict(policy="operator-does-everything")),
                ("patient-p2", "GET", "authorization.denied",
                 dict(level="warning", reason="no_permit", policy=None, action="readDocument")),
                ("patient-p1", "DELETE", "authorization.denied", dict(reason="no_permit", action="deleteDocument")),
                ("admin", "DELETE", "authorization.allowed",
                 dict(policy="admin-deletes-documents", action="deleteDocument"))):
            with self.subTest(who=who, method=method):
                _, lines = self.lines_of(method, DOCUMENT, bearer(who))
                self.assertEqual(set(lines), {"authentication.succeeded", event, "http.access"})
                subject = {"patient-p1": "p1", "patient-p2": "p2"}.get(who, who)
                self.assertFields(lines[event], resource_type="demo::Document", route=TEMPLATE,
                                  actor=harness.pseudonym(KEY, "actor", subject), **fields)

    def test_refusals(self):
        for request, event, fields in (
                (dict(body=b"x" * 20000), "payload.refused", dict(reason="too_large", route="/health")),
                (dict(params={"HTTP_HOST": "a b"}), "transport.refused",
                 dict(reason="host_malformed", route="/health")),
                (dict(path="/api/v1/documents/d:1", headers=bearer("operator")), "contract.refused",
                 dict(reason="schema", route=TEMPLATE))):
            with self.subTest(event):
                _, lines = self.lines_of(**request)
                self.assertFields(lines[event], level="warning", client=harness.pseudonym(KEY, "client", "192.0.2.7"),
                                  **fields)

    def test_a_policy_that_fails_is_told_and_grants_nothing(self):
        policies = self.path("failing")
        os.mkdir(policies)
        with open(os.path.join(policies, "failing.cedar"), "w") as f:
            f.write('@id("fails") permit (principal, action, resource) when { principal.nothing == 1 };\n'
                    '@id("forbids-and-fails") forbid (principal, action, resource) when { principal.nothing == 1 };\n'
                    '@id("permits") permit (principal, action, resource);\n')
        self.service.stop()
        self.service = harness.Service(self, LOG_PSEUDONYM_KEY=KEY, LOG_LEVEL="debug",
                                       AUTHORIZATION_POLICIES_DIR=policies)
        since = self.service.log_size()
        self.assertEqual(self.service.request("GET", DOCUMENT, bearer("operator")).status, 403)
        harness.wait_until(lambda: self.service.events("http.access", since), "the access line")
        self.assertFields(self.service.events("authorization.denied", since)[0], reason="forbid_error")
        self.assertEqual({e["policy"] for e in self.service.events("authorization.policy_error", since)},
                         {"fails", "forbids-and-fails"})
        self.assertValid(self.service)

    def test_a_trace_is_taken_over_when_it_is_one(self):
        good = "00-%s-00f067aa0ba902b7-01" % TRACE_ID
        _, lines = self.lines_of("GET", DOCUMENT, {**bearer("patient-p1"), "Traceparent": good})
        self.assertEqual({line["trace_id"] for line in lines.values()}, {TRACE_ID})
        self.assertNotIn("00f067aa0ba902b7", [line["span_id"] for line in lines.values()], "a span of its own")
        spans = set()
        for value in (None, "", "x", good.upper(), good[:-1], good + "0", good + "-00", " " + good, good + " ",
                      "01" + good[2:], "ff" + good[2:],
                      "00-%s-00f067aa0ba902b7-01" % ("0" * 32), "00-%s-%s-01" % (TRACE_ID, "0" * 16),
                      good.replace("-", "_"),
                      "00-%s-00f067aa0ba902b7-zz" % TRACE_ID, good + "," + good,
                      "00-" + "g" * 32 + "-00f067aa0ba902b7-01",
                      '00-%s"},{"x":"-00f067aa0ba902b7-01' % TRACE_ID[:24]):
            with self.subTest(value):
                _, lines = self.lines_of(headers={} if value is None else {"Traceparent": value})
                line = lines["http.access"]
                self.assertNotEqual(line["trace_id"], TRACE_ID)
                spans |= {line["trace_id"], line["span_id"]}
        self.assertEqual(len(spans), 2 * 18, "fresh ones each time")
        _, lines = self.lines_of(headers=[("Traceparent", good), ("Traceparent", good)])
        self.assertNotEqual(lines["http.access"]["trace_id"], TRACE_ID)


class Levels(Log):
    def test_levels(self):
        for level, kept in (("debug", {"debug", "info", "warning"}), ("warning", {"warning"}), ("critical", set())):
            with self.subTest(level):
                service = harness.Service(self, level, wait=False, LOG_LEVEL=level)
                service.wait_to_listen()
                self.assertEqual(service.request(path=DOCUMENT, headers=bearer("patient-p1")).status, 200)
                self.assertEqual(service.request(path=DOCUMENT).status, 401)
                self.assertEqual(service.stop(), 0)
                self.assertEqual({line["level"] for line in service.log()}, kept)


class Privacy(Log):
    """Markers are planted wherever a client can put bytes; none of them comes up again."""

    def requests(self, markers):
        """Requests that reach every guard, and events of every kind, full of markers."""
        m = markers
        common = {"Host": next(m) + ".example", "User-Agent": next(m), "Referer": "https://" + next(m),
                  "Origin": "https://" + next(m),
                  "Cookie": "%s=%s" % (next(m), next(m)), "X-" + next(m): next(m), "Accept": next(m),
                  "Traceparent": next(m),
                  "X-Forwarded-For": next(m), "X-Forwarded-Host": next(m), "X-Forwarded-Prefix": "/" + next(m),
                  "Forwarded": next(m),
                  "X-Request-Id": next(m), "Content-Type": "text/" + next(m), "Access-Control-Request-Headers": next(m)}

        def token(**changes):
            claims = jose.claims(**{**dict(sub=next(m), jti=next(m), role=next(m), clinic_id=next(m),
                                           actors=[next(m)], iss=next(m),
                                           email=next(m), **{"other:" + next(m): next(m)}), **changes})
            return {**common, **jose.bearer(jose.token(claims, {"alg": "RS256", "kid": next(m)}))}

        document = "/api/v1/documents/"
        yield dict(path="/%s?%s=%s" % (next(m), next(m), next(m)), headers=common)
        yield dict(path="/health?" + next(m), headers=common, body=next(m).encode())
        yield dict(path=document + next(m), headers=common, method=next(m))
        yield dict(path=document + next(m), headers={**common, "Authorization": "Bearer " + next(m)})
        yield dict(path=document + next(m), headers={**common, "Authorization": "Basic " + next(m)})
        yield dict(path=document + next(m), headers=token(exp=1))
        yield dict(path=document + next(m), headers=token(aud=next(m)))
        yield dict(path=document + next(m), headers=token(principal_type=next(m) + "!"))
        yield dict(path=document + "d1", headers=token(principal_type=next(m)))
        yield dict(path=document + next(m), headers=token(actors=[next(m), next(m)]))
        yield dict(path=document + next(m), headers={**token(), "X-Active-Actor": next(m)})
        yield dict(path=document + next(m), headers=token())
        yield dict(path=document + "d1", headers=token())
        yield dict(path=document + "d1/summary", headers=token(actors=["operator"]))
        yield dict(path=document + "secret-document", headers=token(actors=["operator"]))
        yield dict(path=document + "secret-document", method="DELETE", headers=token(actors=["operator"]))
        yield dict(path=document + "d:" + next(m), headers=token(actors=["operator"]))
        yield dict(path="/%00" + next(m), headers=common)
        yield dict(path="/" + next(m) * 700, headers=common)
        yield dict(path="/" + next(m), headers={**common, "Host": next(m) + "/"})
        yield dict(path="/health", headers=common, body=next(m).encode() * 4000)
        yield dict(path="/health", headers=common, params={"CONTENT_LENGTH": next(m)})
        yield dict(path="/health", headers=common, params={"REMOTE_ADDR": next(m), "REMOTE_USER": next(m),
                                                           "SERVER_NAME": next(m)})
        yield dict(path="/health", headers=common, params={next(m): next(m), "REQUEST_SCHEME": next(m)})
        for address in ("203.0.113.77", "2001:db8::77", "[2001:db8::77]:4711"):
            yield dict(path=document + "d1", headers={**common, "X-Forwarded-For": address, "X-Real-IP": address})
        yield dict(path="/health", headers={**common, "X-Forwarded-Proto": next(m)})

    def test_nothing_of_a_client_is_logged_at_any_level(self):
        for level, environment in (("debug", "development"), ("info", "production")):
            with self.subTest(level=level):
                service = harness.Service(self, environment, LOG_LEVEL=level, ENV=environment, LOG_PSEUDONYM_KEY=KEY,
                                          DOCUMENT_READ_RATE_LIMIT="30 per day")
                self.add_secret_document(environment)
                # Letters alone, so that a marker may stand in a host, a method and a claim's name.
                markers = ("Mkr%s" % "".join(letters) for letters in itertools.product("QXZJVK", repeat=4))
                with service.connect() as connection:
                    for request in self.requests(markers):
                        if environment == "production":
                            request["params"] = {"REQUEST_SCHEME": "https", **request.get("params", {})}
                        connection.request(keep=True, **request)
                with service.connect() as connection:
                    connection.request(path="/health",
                                       headers={next(markers) + "-%d" % i: next(markers) for i in range(300)})
                with service.connect() as connection:
                    connection.send(next(markers).encode() * 10)
                    self.assertTrue(connection.is_closed())
                self.assertEqual(service.stop(), 0)
                self.assertValid(service)
                self.assertGreater(len(service.events("http.access")), 20)
                self.assertNothingPrivate(service.output() + service.errors())

    def assertNothingPrivate(self, said):
        for secret in ("mkr", "secret-document", "care plan", "stable condition", "192.0.2.7", "203.0.113", "2001:db8",
                       "example", "eyj", "clinic-", self.folder.lower(), "documents.db"):
            self.assertEqual([line for line in said.lower().splitlines() if secret in line], [], secret)

    def test_nor_by_a_cgi_process(self):
        """Its log is the web server's error log, its settings and the client's words lie in one environment."""
        settings = harness.settings_for(self, LOG_LEVEL="debug", LOG_PSEUDONYM_KEY=KEY)
        self.assertEqual(harness.run_documents(self, settings, "seed").returncode, 0)
        self.add_secret_document("documents")
        markers = ("Mkr%s" % "".join(letters) for letters in itertools.product("QXZJVK", repeat=4))
        log = []
        for request in self.requests(markers):
            done = subprocess.run([harness.DOCUMENTS, next(markers)], cwd=self.folder, input=request.get("body", b""),
                                  env={**harness.inherited_environment(), **settings,
                                       **dict(harness.cgi_params(**request))},
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=harness.DEADLINE)
            self.assertEqual(done.returncode, 0)
            self.assertNotIn(b"mkr", done.stdout.lower())
            log += done.stderr.decode().splitlines()
        for line in log:
            schema().validate(json.loads(line))
        self.assertGreater(len([line for line in log if '"http.access"' in line]), 20)
        self.assertNothingPrivate("\n".join(log))

    def test_nor_anything_of_a_setting_that_a_reload_refuses(self):
        good = {"LOG_LEVEL": "debug", "ALLOWED_HOSTS": "localhost", "FRONTEND_URL": "https://app.test", "JWT_ISSUER": "us",
                "HEALTH_RATE_LIMIT": "1000 per minute", "JWT_ALGORITHMS": "RS256", "TRUSTED_PROXIES": "192.0.2.0/24",
                "LOG_PSEUDONYM_KEY": KEY, "JWT_PUBLIC_KEY": jose.public_pem().decode(), "JWT_AUDIENCE": "documents"}
        bad = {name: "Mkr\x01" for name in good}
        files = {name + "_FILE": self.path(name) for name in good}

        def write(values):
            for name, value in values.items():
                with open(self.path(name), "w") as f:
                    f.write(value)
                os.chmod(self.path(name), 0o644)

        write(good)
        service = harness.Service(self, **{name: None for name in good}, **files)
        for number, name in enumerate(bad, 1):
            with self.subTest(name):
                write({name: bad[name]})
                service.signal(signal.SIGHUP)
                self.assertEqual(len(service.wait_event("service.reload_refused", number)), number)
                harness.wait_until(lambda: "documents: %s: " % name in service.errors(), "the fault of " + name)
                write(good)
        self.assertEqual(service.request().status, 200)
        self.assertEqual(service.stop(), 0)
        self.assertNotIn("Mkr", service.output() + service.errors())
        self.assertNotIn(self.folder, service.output() + service.errors())

    def add_secret_document(self, name):
        import test_api
        with test_api.Store(self.path(name + ".db")) as store:
            store.add("secret-document", "d1")

    def test_no_line_can_be_forged(self):
        service = harness.Service(self, LOG_LEVEL="debug")
        forged = '{"timestamp":"2000-01-01T00:00:00.000000Z","event_type":"forged.event"}'
        for breaker in ("\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028".encode().decode("latin-1"), "\\n", "%0a",
                        '"}\n'):
            text = "x" + breaker + forged
            for request in (
                    {"headers": {"User-Agent": text, "Traceparent": text, "Host": text}},
                    {"headers": {"Host": "localhost", "Authorization": "Bearer " + text}, "path": DOCUMENT},
                    {"path": "/" + text}, {"path": "/health?" + text}, {"method": text},
                    {"params": {"REMOTE_ADDR": text}},
                    {"path": DOCUMENT, "headers": jose.bearer(jose.token(jose.claims(sub=text)))},
                    {"path": DOCUMENT, "headers": jose.bearer(jose.token(jose.claims(role=text,
                                                                                     principal_type="Clinician")))},
                    {"path": DOCUMENT, "headers": {**bearer("operator"), "X-Active-Actor": text}}):
                service.request(**request)
        self.assertEqual(service.stop(), 0)
        self.assertNotIn("forged", service.output())
        self.assertValid(service)

    def test_pseudonyms_are_stable_under_a_key(self):
        seen = []
        for name in ("first", "second"):
            service = harness.Service(self, name, ENV="production", LOG_PSEUDONYM_KEY=KEY)
            service.request(path=DOCUMENT, headers=bearer("patient-p1"), params={"REQUEST_SCHEME": "https"})
            line = service.wait_event("http.access")[0]
            seen.append((line["client"], line["actor"]))
        self.assertEqual(seen, [(harness.pseudonym(KEY, "client", "192.0.2.7"),
                                 harness.pseudonym(KEY, "actor", "p1"))] * 2)
        self.assertNotEqual(harness.pseudonym(KEY, "client", "p1"), harness.pseudonym(KEY, "actor", "p1"))

    def test_without_a_key_production_has_none(self):
        service = harness.Service(self, ENV="production", LOG_LEVEL="debug")
        service.request(path=DOCUMENT, headers=bearer("patient-p1"), params={"REQUEST_SCHEME": "https"})
        service.request(path=DOCUMENT, params={"REQUEST_SCHEME": "https"})
        service.wait_event("http.access", 2)
        self.assertEqual([line for line in service.log() if "client" in line or "actor" in line], [])
        self.assertValid(service)

    def test_without_a_key_elsewhere_they_last_from_start_to_stop(self):
        seen = []
        for name in ("first", "second"):
            service = harness.Service(self, name, WEB_CONCURRENCY=3)
            for _ in range(12):
                service.request()
            clients = {line["client"] for line in service.wait_event("http.access", 12)}
            self.assertEqual(len(clients), 1, "all workers agree")
            seen += clients
        self.assertEqual(len(set(seen)), 2, "and the next start does not")


class Writing(Log):
    def test_four_workers_write_whole_lines_into_one_pipe(self):
        read_end, write_end = os.pipe()
        try:
            service = harness.Service(self, WEB_CONCURRENCY=4, LOG_LEVEL="debug", wait=False, stdout=write_end)
        finally:
            os.close(write_end)
        lines = []
        with open(read_end, "rb") as pipe:
            reader = threading.Thread(target=lambda: lines.extend(pipe))
            reader.start()
            service.wait_to_listen()

            def ask():
                with service.connect() as connection:
                    for _ in range(50):
                        connection.request(path=DOCUMENT, headers=bearer("patient-p1"), keep=True)

            askers = [threading.Thread(target=ask) for _ in range(8)]
            for asker in askers:
                asker.start()
            for asker in askers:
                asker.join()
            self.assertEqual(service.stop(), 0)
            reader.join()
        validator = schema()
        counts = collections.Counter()
        for line in lines:
            parsed = json.loads(line)
            validator.validate(parsed)
            counts[parsed["event_type"]] += 1
        self.assertEqual((counts["http.access"], counts["authorization.allowed"], counts["authentication.succeeded"]),
                         (400,) * 3)

    def test_a_reader_that_is_gone_stops_nobody(self):
        read_end, write_end = os.pipe()
        try:
            service = harness.Service(self, wait=False, stdout=write_end)
        finally:
            os.close(write_end)
        service.wait_to_listen()
        self.assertEqual(service.request().status, 200)
        os.close(read_end)
        for _ in range(5):
            self.assertEqual(service.request(path=DOCUMENT, headers=bearer("patient-p1")).status, 200)
            self.assertEqual(service.request(path=DOCUMENT, headers=bearer("patient-p2")).status, 403)
        self.assertEqual(service.stop(), 0)

    @harness.needs("strace")
    @unittest.skipUnless(harness.IS_ROOT, "watching another process takes root")
    def test_a_line_is_one_write(self):
        service = harness.Service(self, WEB_CONCURRENCY=1, LOG_LEVEL="debug")
        trace = self.path("trace")
        strace = harness.Process(self, "strace", ["strace", "-p", str(service.workers()[0]), "-e",
                                                  "trace=write,writev", "-s", "8192",
                                                  "-o", trace])
        harness.wait_until(lambda: "attached" in strace.errors() or not strace.is_running(), "strace to attach")
        if not strace.is_running():
            self.skipTest("strace may not attach here")
        since = service.log_size()
        for _ in range(5):
            service.request(path=DOCUMENT, headers=bearer("patient-p1"))
        harness.wait_until(lambda: len(service.events("http.access", since)) == 5, "the lines")
        # A line is there before strace has seen the end of the call that wrote it.
        harness.wait_until(lambda: harness.process_sleeps(service.workers()[0]), "the worker to wait")
        strace.stop()
        with open(trace) as f:
            writes = re.findall(r'^writev?\(1, "(.*)", [0-9]+\) = ([0-9]+)$', f.read(), re.M)
        lines = service.log(since)
        self.assertEqual(len(writes), len(lines))
        for text, size in writes:
            self.assertTrue(text.startswith("{") and text.endswith("}\\n"), text)
            self.assertLessEqual(int(size), 4096)


if __name__ == "__main__":
    unittest.main()
