"""The HTTP API of the documents service: who gets what, in which words, and what stays behind."""

import json
import os
import re
import sqlite3
import unittest

import jsonschema

import harness
import jose
from harness import bearer

DOCUMENTS = {
    "d1": {"document_id": "d1", "title": "Care plan for p1", "clinic_id": "clinic-a"},
    "d2": {"document_id": "d2", "title": "Care plan for p2", "clinic_id": "clinic-b"},
}
SUMMARIES = {
    "d1": {"document_id": "d1", "summary": "Stable condition; next review in 14 days."},
    "d2": {"document_id": "d2", "summary": "Escalate to specialist if symptoms persist."},
}


def load(schema):
    with open(os.path.join(harness.SOURCE, "schemas", schema)) as f:
        return json.load(f)


class Contract:
    """schemas/openapi.json and error.json, held against answers."""

    def __init__(self):
        self.document = load("openapi.json")
        self.error = jsonschema.Draft202012Validator(load("error.json"))

    def find(self, item):
        while "$ref" in item:
            found = self.document
            for step in item["$ref"][2:].split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            item = found
        return item

    def validator(self, schema):
        return jsonschema.Draft202012Validator({**schema, "components": self.document["components"]})

    def operations(self):
        return {(method.upper(), path) for path, item in self.document["paths"].items()
                for method in item if method != "parameters"}

    def check(self, test, method, path, answer):
        """The answer's status is foreseen, with these header fields and this body."""
        operation = self.document["paths"][path]["get" if method == "HEAD" else method.lower()]
        test.assertIn(str(answer.status), operation["responses"])
        response = self.find(operation["responses"][str(answer.status)])
        for name, field in response.get("headers", {}).items():
            field, value = self.find(field), answer.header(name)
            test.assertFalse(field.get("required") and value is None, "%s is missing" % name)
            if value is not None:
                is_number = field["schema"].get("type") == "integer"
                self.validator(field["schema"]).validate(int(value) if is_number else value)
        if method == "HEAD":
            test.assertEqual(answer.body, b"")
        elif "content" in response:
            test.assertEqual(answer.header("Content-Type"), "application/json")
            self.validator(response["content"]["application/json"]["schema"]).validate(answer.json())
            if answer.status >= 400:
                self.error.validate(answer.json())
        else:
            test.assertEqual(answer.body, b"")


def clinician(**changes):
    return {"principal_type": "Clinician", "role": "physician", "clinic_id": "clinic-a", **changes}


# Who -> (claims, may read d1, may read d2, may delete). A summary may be read by whoever may read the document.
WHO = {
    "the patient p1": (dict(sub="p1", principal_type="Patient"), True, False, False),
    "the patient p2": (dict(sub="p2", principal_type="Patient"), False, True, False),
    "a patient without documents": (dict(sub="p3", principal_type="Patient"), False, False, False),
    "a patient whose name is p1's clinic": (dict(sub="clinic-a", principal_type="Patient"), False, False, False),
    "a physician of clinic-a": (clinician(), True, False, False),
    "a nurse of clinic-a": (clinician(role="registered_nurse"), True, False, False),
    "a nurse practitioner of clinic-a": (clinician(role="nurse_practitioner"), True, False, False),
    "a physician assistant of clinic-a": (clinician(role="physician_assistant"), True, False, False),
    "a physician of clinic-b": (clinician(clinic_id="clinic-b"), False, True, False),
    "a physician of a third clinic": (clinician(clinic_id="clinic-c"), False, False, False),
    "a receptionist of clinic-a": (clinician(role="receptionist"), False, False, False),
    "a clinician without a role": (clinician(role=jose.ABSENT), False, False, False),
    "a clinician without a clinic": (clinician(clinic_id=jose.ABSENT), False, False, False),
    "a clinician whose role is a list": (clinician(role=["physician"]), False, False, False),
    "a physician by another spelling": (clinician(role="Physician"), False, False, False),
    "an admin of clinic-a": (clinician(role="admin"), False, False, True),
    "an admin of a third clinic": (clinician(role="admin", clinic_id="clinic-c"), False, False, True),
    "a patient who says admin": (dict(sub="p3", principal_type="Patient", role="admin"), False, False, False),
    "an operator": (dict(actors=["operator"]), True, True, True),
    "a patient who is operator": (dict(sub="p3", principal_type="Patient", actors=["operator"]), False, False, False),
    "a user with another actor": (dict(actors=["auditor"]), False, False, False),
    "a user whose actors are a text": (dict(actors="operator"), False, False, False),
    "a user without claims": (dict(), False, False, False),
    "a type that no policy knows": (dict(principal_type="Robot", actors=["operator"]), False, False, False),
    "the service p1": (dict(sub="p1", principal_type="Patient", token_type="service"), True, False, False),
    "a service that says operator": (dict(token_type="service", actors=["operator"]), False, False, False),
    "a service that says physician": (clinician(token_type="service"), False, False, False),
}


def token_for(who):
    own = {"actors": jose.ABSENT, **WHO[who][0]}
    return jose.bearer(jose.token(jose.claims(**own)))


class Store:
    """The document store as an auditor sees it, and as nobody else can fill it."""

    def __init__(self, path):
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.create_function("acting_principal", 0, lambda: "Service::test")
        self.database.create_function("json_text", 1, json.dumps)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.database.close()

    def add(self, document_id, like):
        self.database.execute("INSERT INTO documents (document_id, owner_id, clinic_id, title, summary) SELECT ?,"
                              " owner_id, clinic_id, title, summary FROM documents WHERE document_id = ?",
                              (document_id, like))

    def rows(self, sql, *values):
        return self.database.execute(sql, values).fetchall()


class ThroughNginx(harness.SharedPlay):
    """The plain stories, as a client lives them."""

    @classmethod
    @harness.needs("nginx")
    def raise_curtain(cls, stage):
        cls.service = harness.Service(stage)
        cls.nginx = harness.Nginx(stage, "unix:" + cls.service.socket_path)

    def test_the_service_is_healthy(self):
        answer = self.nginx.request("GET", "/health")
        self.assertEqual((answer.status, answer.body), (200, b'{"status":"ok"}'))
        self.assertEqual(answer.header("Content-Type"), "application/json")

    def test_head_says_as_much_without_a_body(self):
        answer = self.nginx.request("HEAD", "/health")
        self.assertEqual((answer.status, answer.body, answer.header("Content-Length")), (200, b"", "15"))

    def test_a_patient_reads_a_document_of_its_own(self):
        answer = self.nginx.request("GET", "/api/v1/documents/d1", bearer("patient-p1"))
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.body, b'{"document_id":"d1","title":"Care plan for p1","clinic_id":"clinic-a"}')

    def test_and_its_summary(self):
        answer = self.nginx.request("GET", "/api/v1/documents/d1/summary", bearer("patient-p1"))
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.body,
                         b'{"document_id":"d1","summary":"Stable condition; next review in 14 days."}')

    def test_but_not_somebody_elses(self):
        self.assertError(self.nginx.request("GET", "/api/v1/documents/d2", bearer("patient-p1")), 403, "forbidden")

    def test_nobody_is_told_nothing(self):
        answer = self.nginx.request("GET", "/api/v1/documents/d1")
        self.assertError(answer, 401, "unauthenticated")
        self.assertEqual(answer.header("WWW-Authenticate"), "Bearer")

    def test_a_document_that_is_not_there(self):
        self.assertError(self.nginx.request("GET", "/api/v1/documents/d9", bearer("patient-p1")), 404, "not_found")

    def test_a_page_that_is_not_there(self):
        self.assertError(self.nginx.request("GET", "/api/v2"), 404, "not_found")

    def test_a_method_that_a_path_does_not_have(self):
        for method, path, allow in (("POST", "/health", {"GET", "HEAD", "OPTIONS"}),
                                    ("DELETE", "/health", {"GET", "HEAD", "OPTIONS"}),
                                    ("PUT", "/api/v1/documents/d1", {"GET", "HEAD", "DELETE", "OPTIONS"}),
                                    ("BREW", "/api/v1/documents/d1/summary", {"GET", "HEAD", "OPTIONS"})):
            with self.subTest(method=method, path=path):
                answer = self.nginx.request(method, path, bearer("operator"))
                self.assertError(answer, 405, "method_not_allowed")
                self.assertEqual(set(answer.header("Allow").split(", ")), allow)

    def test_options_tells_the_methods(self):
        answer = self.nginx.request("OPTIONS", "/api/v1/documents/d1")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertEqual(set(answer.header("Allow").split(", ")), {"GET", "HEAD", "DELETE", "OPTIONS"})

    def test_nginx_itself_answers_trace_in_the_same_words(self):
        answer = self.nginx.request("TRACE", "/health", {"X-Marker": "echo-me"})
        self.assertError(answer, 405, "method_not_allowed")
        self.assertNotIn("echo-me", repr(answer.headers) + repr(answer.body))

    def test_many_requests_on_one_connection(self):
        connection = harness.http.client.HTTPConnection("127.0.0.1", self.nginx.port, timeout=harness.DEADLINE)
        self.addCleanup(connection.close)
        for _ in range(20):
            self.assertEqual(harness.http_on(connection, "GET", "/health").status, 200)
            self.assertEqual(harness.http_on(connection, "GET", "/api/v1/documents/d2").status, 401)
            answer = harness.http_on(connection, "GET", "/api/v1/documents/d2", bearer("patient-p2"))
            self.assertEqual(answer.json(), DOCUMENTS["d2"])


class Decisions(harness.SharedPlay):
    """Everybody asks for everything."""

    @classmethod
    def raise_curtain(cls, stage):
        cls.service = harness.Service(stage)
        cls.connection = cls.service.connect()
        cls.addClassCleanup(cls.connection.socket.close)
        cls.store = Store(stage.path("documents.db"))
        cls.addClassCleanup(cls.store.database.close)
        cls.contract = Contract()

    def ask(self, who, method, path):
        answer = self.connection.request(method, path, token_for(who), keep=True)
        template = re.sub(r"documents/[^/]+", "documents/{document_id}", path)
        self.contract.check(self, method, template, answer)
        self.assertEqual(answer.header("Cache-Control"), "no-store")
        return answer

    def test_reading(self):
        for who, (_, reads_d1, reads_d2, _) in WHO.items():
            for document_id, may in (("d1", reads_d1), ("d2", reads_d2)):
                for tail, texts in (("", DOCUMENTS), ("/summary", SUMMARIES)):
                    with self.subTest(who=who, document=document_id + tail):
                        answer = self.ask(who, "GET", "/api/v1/documents/" + document_id + tail)
                        if may:
                            self.assertEqual((answer.status, answer.json()), (200, texts[document_id]))
                        else:
                            self.assertError(answer, 403, "forbidden")

    def test_deleting(self):
        for number, (who, (_, _, _, may)) in enumerate(WHO.items()):
            for like in ("d1", "d2"):
                with self.subTest(who=who, document="one like " + like):
                    own = "%s-%d" % (like, number)
                    self.store.add(own, like)
                    answer = self.ask(who, "DELETE", "/api/v1/documents/" + own)
                    still_there = self.store.rows("SELECT is_deleted = 0 FROM documents WHERE document_id = ?", own)
                    self.assertEqual(still_there, [(0 if may else 1,)])
                    if may:
                        self.assertEqual((answer.status, answer.json()), (200, {"deleted": own}))
                    else:
                        self.assertError(answer, 403, "forbidden")

    def test_head_is_decided_like_get(self):
        for who, status in (("the patient p1", 200), ("the patient p2", 403), ("an operator", 200)):
            with self.subTest(who=who):
                get = self.ask(who, "GET", "/api/v1/documents/d1")
                head = self.ask(who, "HEAD", "/api/v1/documents/d1")
                self.assertEqual((head.status, head.body), (status, b""))
                self.assertEqual(sorted(head.headers), sorted(get.headers))

    def test_whether_a_document_is_there_is_told_to_the_known_alone(self):
        for who in WHO:
            with self.subTest(who=who):
                self.assertError(self.ask(who, "GET", "/api/v1/documents/d9"), 404, "not_found")
        for path in ("/api/v1/documents/d1", "/api/v1/documents/d9"):
            answer = self.connection.request("GET", path, keep=True)
            self.assertError(answer, 401, "unauthenticated")

    def test_nobody_reads_or_deletes(self):
        for method, path in self.contract.operations() - {("GET", "/health")}:
            with self.subTest(method=method, path=path):
                answer = self.connection.request(method, path.replace("{document_id}", "d1"), keep=True)
                self.contract.check(self, method, path, answer)
                self.assertError(answer, 401, "unauthenticated")

    def test_a_header_does_not_change_the_method(self):
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            with self.subTest(header=name):
                answer = self.connection.request("GET", "/api/v1/documents/d1?_method=DELETE", keep=True,
                                                 headers={**token_for("an operator"), name: "DELETE"})
                self.assertEqual((answer.status, answer.json()), (200, DOCUMENTS["d1"]))


class Deleting(harness.Play):
    def test_what_is_deleted_is_gone_and_its_history_stays(self):
        service = harness.Service(self)
        before = service.request("GET", "/api/v1/documents/d1", bearer("operator"))
        self.assertEqual(before.status, 200)
        answer = service.request("DELETE", "/api/v1/documents/d1", bearer("admin"))
        self.assertEqual((answer.status, answer.body), (200, b'{"deleted":"d1"}'))

        for method, path in (("GET", "/api/v1/documents/d1"), ("HEAD", "/api/v1/documents/d1"),
                             ("GET", "/api/v1/documents/d1/summary"), ("DELETE", "/api/v1/documents/d1")):
            with self.subTest(method=method, path=path):
                self.assertEqual(service.request(method, path, bearer("operator")).status, 404)
        self.assertEqual(service.request("GET", "/api/v1/documents/d2", bearer("operator")).status, 200)

        with Store(self.path("documents.db")) as store:
            self.assertEqual(store.rows("SELECT document_id, is_deleted FROM documents ORDER BY 1"),
                             [("d1", 1), ("d2", 0)])
            history = store.rows("SELECT operation, acted_by, before_image FROM document_history"
                                 " WHERE document_id = 'd1' ORDER BY entry_id")
            self.assertEqual([row[:2] for row in history],
                             [("insert", "Service::seed"), ("delete", "Clinician::admin")])
            self.assertEqual(json.loads(history[1][2]),
                             {**DOCUMENTS["d1"], **SUMMARIES["d1"], "owner_id": "p1", "is_deleted": 0})
            for sql in ("DELETE FROM documents", "DELETE FROM document_history",
                        "UPDATE document_history SET acted_by = 'Service::nobody'",
                        "UPDATE documents SET document_id = 'd3' WHERE document_id = 'd2'",
                        "REPLACE INTO documents SELECT * FROM documents WHERE document_id = 'd2'",
                        "REPLACE INTO document_history SELECT * FROM document_history"):
                with self.subTest(sql=sql), self.assertRaises(sqlite3.IntegrityError):
                    store.rows(sql)
        with sqlite3.connect(self.path("documents.db")) as nobody:
            for sql in ("UPDATE documents SET title = 'mine'", "UPDATE documents SET is_deleted = 0"):
                with self.subTest(sql=sql), self.assertRaises(sqlite3.Error):
                    nobody.execute(sql)
        nobody.close()

    def test_it_stays_deleted_after_a_restart_and_another_seed(self):
        service = harness.Service(self)
        self.assertEqual(service.request("DELETE", "/api/v1/documents/d2", bearer("operator")).status, 200)
        self.assertEqual(service.stop(), 0)
        again = harness.Service(self)
        self.assertEqual(again.request("GET", "/api/v1/documents/d2", bearer("operator")).status, 404)
        self.assertEqual(again.request("GET", "/api/v1/documents/d1", bearer("operator")).status, 200)

    def test_one_of_many_deletes_at_once_wins(self):
        service = harness.Service(self, WEB_CONCURRENCY=4)
        connections = [service.connect() for _ in range(12)]
        for connection in connections:
            self.addCleanup(connection.socket.close)
            connection.send(harness.fcgi_begin() + harness.fcgi_params(harness.cgi_params(
                "DELETE", "/api/v1/documents/d1", bearer("operator"))))
        for connection in connections:
            connection.send(harness.fcgi_record(harness.FCGI_STDIN))
        self.assertEqual(sorted(connection.answer().status for connection in connections), [200] + [404] * 11)
        with Store(self.path("documents.db")) as store:
            self.assertEqual(store.rows("SELECT count(*) FROM document_history WHERE operation = 'delete'"), [(1,)])

    def test_a_store_that_fails_is_an_error_and_no_answer(self):
        service = harness.Service(self)
        with sqlite3.connect(self.path("documents.db")) as database:
            database.execute("ALTER TABLE documents RENAME TO elsewhere")
        database.close()
        for method, path in (("GET", "/api/v1/documents/d1"), ("DELETE", "/api/v1/documents/d1")):
            with self.subTest(method=method):
                self.assertError(service.request(method, path, bearer("operator")), 503, "service_unavailable")
        self.assertEqual(len(service.wait_event("documents.store_unavailable", 2)), 2)
        self.assertEqual(service.request().status, 200)


class Methods(harness.SharedPlay):
    """The routes are those of the contract, and no others."""

    @classmethod
    def raise_curtain(cls, stage):
        cls.service = harness.Service(stage)
        cls.connection = cls.service.connect()
        cls.addClassCleanup(cls.connection.socket.close)
        cls.contract = Contract()

    def ask(self, method, path):
        return self.connection.request(method, path.replace("{document_id}", "d9"), bearer("operator"), keep=True)

    def test_the_contract_names_every_route_of_the_source(self):
        with open(os.path.join(harness.SOURCE, "app", "main.c")) as f:
            routes = re.findall(r"\.methods = ([A-Z_| ]+),\s*\.path = \"([^\"]+)\"", f.read())
        served = {(method.strip().removeprefix("POSTERN_"), path) for methods, path in routes
                  for method in methods.split("|")}
        self.assertEqual(served, self.contract.operations())

    def test_every_operation_is_there_and_every_other_method_is_not(self):
        operations = self.contract.operations()
        for path in sorted({path for _, path in operations}):
            there = {method for method, p in operations if p == path}
            there |= {"OPTIONS"} | ({"HEAD"} if "GET" in there else set())
            for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND",
                           "get", "GETT", "G", "GET POST", "X" * 300):
                with self.subTest(method=method[:20], path=path):
                    answer = self.ask(method, path)
                    if method in there:
                        self.assertIn(answer.status, (200, 404))
                    else:
                        self.assertError(answer, 405, "method_not_allowed")
                        self.contract.check(self, "GET", path, answer)
                    if method == "OPTIONS" or method not in there:
                        self.assertEqual(set(answer.header("Allow").split(", ")), there)

    def test_a_request_without_a_method_is_none(self):
        for params in ({"REQUEST_METHOD": None}, {"REQUEST_METHOD": ""}):
            self.assertError(self.connection.request(params=params, keep=True), 400, "invalid_request")

    def test_every_success_and_every_error_is_in_the_contract(self):
        for method, path, target, headers, status in (
                ("GET", "/health", "/health", {}, 200),
                ("HEAD", "/health", "/health", {}, 200),
                ("POST", "/health", "/health", {}, 405),
                ("GET", "/health", "/health", {"Host": "a b"}, 400),
                ("GET", "/health", "/health", {"Content-Length": "16385"}, 413),
                ("GET", "/api/v1/documents/{document_id}", "/api/v1/documents/d1", bearer("operator"), 200),
                ("GET", "/api/v1/documents/{document_id}", "/api/v1/documents/d1", bearer("patient-p2"), 403),
                ("GET", "/api/v1/documents/{document_id}", "/api/v1/documents/d1", {}, 401),
                ("GET", "/api/v1/documents/{document_id}", "/api/v1/documents/d%00", bearer("operator"), 400),
                ("GET", "/api/v1/documents/{document_id}", "/api/v1/documents/d9", bearer("operator"), 404),
                ("GET", "/api/v1/documents/{document_id}", "/api/v1/documents/d:1", bearer("operator"), 400),
                ("GET", "/api/v1/documents/{document_id}", "/api/v1/documents/" + "d" * 128, bearer("operator"), 404),
                ("GET", "/api/v1/documents/{document_id}/summary", "/api/v1/documents/d1/summary",
                 bearer("operator"), 200),
                ("PATCH", "/api/v1/documents/{document_id}/summary", "/api/v1/documents/d1/summary",
                 bearer("operator"), 405)):
            with self.subTest(method=method, target=target, status=status):
                answer = self.connection.request(method, target, headers, keep=True)
                self.assertEqual(answer.status, status)
                self.contract.check(self, method if method == "HEAD" else "GET", path, answer)


if __name__ == "__main__":
    unittest.main()
