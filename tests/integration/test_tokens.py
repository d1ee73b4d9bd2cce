"""Bearer tokens over the wire: what is accepted, and every way to be refused."""

import http.client
import json
import re
import time
import unittest

import harness
import jose
from jose import ABSENT, claims, token

DOCUMENT = "/api/v1/documents/d1"
HEADER = b'{"alg":"RS256","typ":"JWT"}'


def authorization(value):
    return [("Authorization", value)]


def good():
    return token(claims())


def payload(**changes):
    return json.dumps(claims(**changes)).encode()


def in_payload(text):
    """A good payload with one more member in front, of any bytes."""
    return b"{" + text + b"," + payload()[1:]


def segments(text, *changes):
    parts = text.split(".")
    for index, change in changes:
        parts[index] = change(parts[index])
    return ".".join(parts)


def with_stray_bits(segment):
    """The same bytes to a careless decoder: the last character's unused bits are set (RFC 4648 section 3.5)."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(segment) % 4 in (2, 3)
    return segment[:-1] + alphabet[alphabet.index(segment[-1]) + 1]


def sized(size):
    """A good token whose header value has `size` bytes: a claim that nobody reads makes it long."""
    for kid in ("", "k", "kk", "kkk"):
        header = {"alg": "RS256", "kid": kid}
        short = len("Bearer " + token(claims(jti=""), header))
        for pad in range((size - short) * 3 // 4 - 4, (size - short) * 3 // 4 + 5):
            text = jose.encode(json.dumps(header).encode()) + "." + jose.encode(
                json.dumps(claims(jti="p" * pad)).encode())
            if len("Bearer " + text) + 1 + 342 == size:
                return token(claims(jti="p" * pad), header)
    raise AssertionError("no token of this size")


class Tokens(harness.SharedPlay):
    settings = {}

    @classmethod
    def raise_curtain(cls, stage):
        cls.service = harness.Service(stage, **cls.settings)
        cls.connection = cls.service.connect()
        cls.addClassCleanup(cls.connection.socket.close)

    def ask(self, headers, method="GET", path=DOCUMENT, **more):
        return self.connection.request(method, path, headers, keep=True, **more)

    def assertAccepted(self, text, **more):
        answer = self.ask(jose.bearer(text), **more)
        self.assertEqual((answer.status, answer.header("Cache-Control")), (200, "no-store"), answer.body)
        return answer

    def assertRefused(self, headers, reason, status=401, code="unauthenticated", **more):
        """Nothing but the code to the client, nothing but a word of the list in the log."""
        since = self.service.log_size()
        answer = self.ask(headers, **more)
        self.assertEqual(answer.body, json.dumps({"error": code}, separators=(",", ":")).encode())
        self.assertError(answer, status, code)
        self.assertEqual(answer.header("WWW-Authenticate"), "Bearer" if status == 401 else None)
        self.assertEqual(answer.header("Cache-Control"), "no-store")
        events = self.service.events("authentication.failed", since)
        self.assertEqual([e["reason"] for e in events], [reason])
        self.assertEqual((events[0]["route"], events[0]["level"]), ("/api/v1/documents/{document_id}", "warning"))

    def assertAllRefused(self, reason, rows):
        """rows: what it is -> token."""
        for name, text in rows.items():
            with self.subTest(name):
                self.assertRefused(jose.bearer(text), reason)


class Carrying(Tokens):
    """Where a token may stand: in one Authorization header, and nowhere else."""

    def test_a_good_token_is_accepted(self):
        self.assertEqual(self.assertAccepted(good()).json()["document_id"], "d1")

    def test_the_scheme_is_compared_without_case(self):
        for scheme in ("Bearer", "bearer", "BEARER", "bEaReR"):
            with self.subTest(scheme):
                self.assertEqual(self.ask(authorization(scheme + " " + good())).status, 200)

    def test_nobody_comes_with_nothing(self):
        self.assertRefused([], "missing")

    def test_a_token_in_another_place_is_none(self):
        text = good()
        for place, request in {
                "the query": {"path": DOCUMENT + "?access_token=" + text},
                "the query, under another name": {"path": DOCUMENT + "?token=%s&jwt=%s" % (text, text)},
                "a cookie": {"headers": {"Cookie": "access_token=%s; token=%s" % (text, text)}},
                "the body": {"body": ("access_token=" + text).encode(),
                             "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
                "REMOTE_USER": {"params": {"REMOTE_USER": "operator", "AUTH_TYPE": "Bearer"}},
                "AUTHORIZATION without HTTP_": {"params": {"AUTHORIZATION": "Bearer " + text,
                                                           "REDIRECT_HTTP_AUTHORIZATION": "Bearer " + text}},
                "Proxy-Authorization": {"headers": {"Proxy-Authorization": "Bearer " + text}},
                "X-Authorization": {"headers": {"X-Authorization": "Bearer " + text, "X-Access-Token": text}},
        }.items():
            with self.subTest(place):
                self.assertRefused(**{"headers": [], "reason": "missing", **request})

    def test_a_value_of_another_shape(self):
        text = good()
        for name, value in {
                "nothing": "",
                "the scheme alone": "Bearer",
                "an empty token": "Bearer ",
                "two spaces": "Bearer  " + text,
                "a tab": "Bearer\t" + text,
                "a space before": " Bearer " + text,
                "a space behind": "Bearer " + text + " ",
                "a word behind": "Bearer " + text + " more",
                "a comma list": "Bearer %s, Bearer %s" % (text, text),
                "a comma": "Bearer " + text + ",",
                "parameters": 'Bearer realm="x"',
                "a control byte": "Bearer " + text + "\x01",
                "a newline": "Bearer " + text + "\r\n",
                "a byte above ASCII": "Bearer " + text + "\xff",
                "another scheme": "Basic b3BlcmF0b3I6",
                "no scheme": text,
                "the scheme grown on": "Bearer" + text,
                "another scheme with the token": "DPoP " + text,
                "quotes": 'Bearer "%s"' % text,
        }.items():
            with self.subTest(name):
                self.assertRefused(authorization(value), "malformed")

    def test_two_headers_are_none(self):
        text = good()
        for name, values in {"twice the same": [text, text], "a bad one behind": [text, "x"],
                             "a bad one before": ["x", text]}.items():
            with self.subTest(name):
                self.assertRefused([("Authorization", "Bearer " + value) for value in values], "malformed")

    def test_a_nul_byte_never_gets_through(self):
        with self.service.connect() as connection:
            answer = connection.request("GET", DOCUMENT, authorization("Bearer %s\0" % good()))
            self.assertError(answer, 400, "invalid_request")

    def test_8192_bytes_and_no_more(self):
        self.assertAccepted(sized(8192))
        self.assertRefused(jose.bearer(sized(8193)), "too_large")
        self.assertRefused(authorization("Bearer " + "a" * 60000), "too_large")

    @harness.needs("nginx")
    def test_two_headers_through_nginx(self):
        nginx = harness.Nginx(self.stage, "unix:" + self.service.socket_path)
        value = "Bearer " + good()
        self.assertEqual(nginx.request("GET", DOCUMENT, [("Authorization", value)]).status, 200)
        answer = nginx.request("GET", DOCUMENT, [("Authorization", value), ("Authorization", value)])
        # nginx before 1.23 refuses this itself, later ones join the two into a list.
        self.assertIn((answer.status, answer.error()), [(400, "invalid_request"), (401, "unauthenticated")])


class Form(Tokens):
    """Three segments of canonical base64url, two of them JSON objects."""

    def test_the_segments(self):
        text = good()
        header, body, signature = text.split(".")
        self.assertAllRefused("malformed", {
            "one": header,
            "two": header + "." + body,
            "two and a dot": header + "." + body + ".",
            "four": text + "." + signature,
            "a dot behind": text + ".",
            "a dot before": "." + text,
            "two dots in a row": header + ".." + body + "." + signature,
            "an empty header": "." + body + "." + signature,
            "an empty payload": header + ".." + signature,
            "dots alone": "..",
            "encrypted, of five": header + "." + body + "." + signature + "." + body + "." + signature,
        })

    def test_the_alphabet(self):
        text = good()
        self.assertEqual(len(text.split(".")[2]), 342)
        rows = {}
        for index, name in enumerate(("header", "payload", "signature")):
            rows["padding in the " + name] = segments(text, (index, lambda s: s + "=" * (-len(s) % 4 or 1)))
            rows["a plus in the " + name] = segments(text, (index, lambda s: s[:4] + "+" + s[5:]))
            rows["a slash in the " + name] = segments(text, (index, lambda s: s[:4] + "/" + s[5:]))
            rows["a length of 4n+1 in the " + name] = segments(text, (index, lambda s: s + "A" * ((1 - len(s)) % 4)))
            rows["an escape in the " + name] = segments(text, (index, lambda s: "%65" + s[1:]))
        rows["stray bits in the signature"] = segments(text, (2, with_stray_bits))
        self.assertAllRefused("malformed", rows)

    def test_stray_bits_in_what_was_signed(self):
        for length in range(3):
            text = jose.encode(HEADER) + "." + jose.encode(payload(pad="p" * length))
            if len(text.split(".")[1]) % 4:
                text = segments(text, (1, with_stray_bits))
                signed = text + "." + jose.encode(jose.signature(text))
                with self.subTest(length):
                    self.assertRefused(jose.bearer(signed), "malformed")

    def test_a_header_that_is_no_object(self):
        self.assertAllRefused("malformed", {name: jose.sign(header, payload()) for name, header in {
            "an array": b'["RS256"]',
            "a text": b'"RS256"',
            "null": b"null",
            "nothing": b" ",
            "cut short": HEADER[:-1],
            "a byte behind": HEADER + b"x",
            "an object behind": HEADER + HEADER,
            "a NUL behind": HEADER + b"\0",
            "a byte order mark": b"\xef\xbb\xbf" + HEADER,
            "UTF-16": HEADER.decode().encode("utf-16"),
            "Latin-1": b'{"alg":"RS256","x":"\xe9"}',
            "an overlong slash": b'{"alg":"RS256","x":"\xc0\xaf"}',
            "a comment": b'{"alg":"RS256"/**/}',
            "single quotes": b"{'alg':'RS256'}",
            "a comma at the end": b'{"alg":"RS256",}',
            "alg twice": b'{"alg":"none","alg":"RS256"}',
            "a member twice, further down": b'{"alg":"RS256","x":{"y":1,"y":2}}',
            "a NUL in a name": b'{"alg\\u0000":"RS256","alg":"RS256"}',
            "depth 33": b'{"alg":"RS256","x":' + b"[" * 32 + b"]" * 32 + b"}",
            "depth 4000": b'{"alg":"RS256","x":' + b"[" * 3999 + b"]",
            "NaN": b'{"alg":"RS256","x":NaN}',
        }.items()})

    def test_a_payload_that_is_no_object(self):
        self.assertAllRefused("malformed", {name: jose.sign(HEADER, body) for name, body in {
            "an array": b"[" + payload() + b"]",
            "a text": b'"operator"',
            "nothing": b" ",
            "cut short": payload()[:-1],
            "a byte behind": payload() + b"x",
            "an object behind": payload() + payload(),
            "a NUL behind": payload() + b"\0",
            "sub twice": in_payload(b'"sub":"p1"'),
            "exp twice": in_payload(b'"exp":1'),
            "Infinity": in_payload(b'"x":Infinity'),
            "a number beyond doubles": in_payload(b'"x":1e999'),
            "an integer of 65 bits": in_payload(b'"x":18446744073709551616'),
            "a NUL in the subject": payload(sub="oper\0ator"),
            "half a surrogate pair": in_payload(b'"x":"\\ud800"'),
            "invalid UTF-8": in_payload(b'"x":"\xff"'),
            "depth 33": in_payload(b'"x":' + b"[" * 32 + b"]" * 32),
        }.items()})

    def test_json_to_the_limit(self):
        for name, body in {
                "depth 32": in_payload(b'"x":' + b"[" * 31 + b"]" * 31),
                "the largest integer": in_payload(b'"x":9223372036854775807'),
                "white space": b" \r\n\t" + payload() + b"\n ",
                "what nobody knows": in_payload(b'"x":{"y":[1,2.5,null,true,"\xc3\xa9"]}'),
        }.items():
            with self.subTest(name):
                self.assertAccepted(jose.sign(HEADER, body))


class Signing(Tokens):
    """Only RS256, only by the issuer's key."""

    def test_algorithms(self):
        pem = jose.public_pem()
        der_text = b"".join(pem.splitlines()[1:-1])
        rows = {}
        for alg in ("none", "None", "NONE", "nOnE", "", "RS256 ", " RS256", "rs256", "Rs256", "RS255", "HS256", "HS512",
                    "RS384", "RS512", "PS256", "ES256", "EdDSA", "dir", "RSA1_5", "RS256\n", "RS256,none"):
            rows["%r, signed with RS256" % alg] = token(claims(), {"alg": alg, "typ": "JWT"})
        for alg in ("HS256", "hs256", "HS384", "RS256 "):
            for name, secret in (("PEM", pem), ("PEM without its newline", pem.rstrip()), ("base64", der_text)):
                rows["%s with the public %s as secret" % (alg, name)] = jose.sign_hmac(
                    json.dumps({"alg": alg}).encode(), payload(), secret)
        rows["RS384, well signed"] = token(claims(), {"alg": "RS384"}, digest="sha384")
        rows["RS512, well signed"] = token(claims(), {"alg": "RS512"}, digest="sha512")
        for name, alg in (("absent", None), ("a number", 256), ("an array", ["RS256"]), ("an object", {"RS256": 1}),
                          ("true", True)):
            rows["alg is " + name] = token(claims(), {"alg": alg} if alg is not None else {"typ": "JWT"})
        rows["alg is null"] = jose.sign(b'{"alg":null}', payload())
        rows["ALG"] = jose.sign(b'{"ALG":"RS256"}', payload())
        self.assertAllRefused("algorithm", rows)

    def test_none_without_a_signature(self):
        for alg in ("none", "None", "NONE", "RS256"):
            unsigned = jose.encode(json.dumps({"alg": alg}).encode()) + "." + jose.encode(payload()) + "."
            with self.subTest(alg):
                self.assertRefused(jose.bearer(unsigned), "malformed")

    def test_signatures(self):
        text = good()
        header, body, signature = text.split(".")
        raw = jose.decode(signature)
        stranger = jose.other_key(self.stage.folder)
        pem = jose.public_pem()
        self.assertAllRefused("signature", {
            "of a stranger": token(claims(), key=stranger),
            "of another payload": ".".join([header, token(claims(sub="p1")).split(".")[1], signature]),
            "of another header": ".".join([jose.encode(b'{"alg":"RS256"}'), body, signature]),
            "cut short": ".".join([header, body, jose.encode(raw[:-1])]),
            "one byte longer": ".".join([header, body, jose.encode(raw + b"\0")]),
            "a zero before": ".".join([header, body, jose.encode(b"\0" + raw)]),
            "of zeros": ".".join([header, body, jose.encode(bytes(256))]),
            "of one byte": ".".join([header, body, jose.encode(b"\1")]),
            "with one bit changed": ".".join([header, body, jose.encode(raw[:-1] + bytes([raw[-1] ^ 1]))]),
            "with another digest": token(claims(), digest="sha384"),
            "by HMAC under RS256": jose.sign_hmac(HEADER, payload(), pem),
        })

    def test_a_header_that_asks_for_more(self):
        jwk = {"kty": "RSA", "n": "AQAB", "e": "AQAB"}
        self.assertAllRefused("header", {json.dumps(more)[:60]: token(claims(), {"alg": "RS256", **more}) for more in (
            {"crit": ["exp"]}, {"crit": []}, {"crit": ["b64"], "b64": False}, {"crit": None}, {"crit": "exp"},
            {"b64": False}, {"b64": "true"}, {"kid": 1}, {"kid": None}, {"kid": ["a"]}, {"kid": {}}, {"jwk": jwk}, {"jwk": None}, {"jku": "https://127.0.0.1:1/jwks"},
            {"x5u": "https://127.0.0.1:1/cert"}, {"x5c": ["MIIB"]}, {"x5t": "abc"}, {"x5t#S256": "abc"},
            {"typ": "JWE"}, {"typ": "at+JWT2"}, {"typ": ""}, {"typ": 1}, {"typ": None}, {"typ": ["JWT"]},
            {"typ": "application/"}, {"typ": "application/json"}, {"typ": "JWT "})})

    def test_a_header_that_does_not(self):
        for header in ({"alg": "RS256"}, {"alg": "RS256", "typ": "JWT"}, {"alg": "RS256", "typ": "jwt"},
                       {"alg": "RS256", "typ": "at+jwt"}, {"alg": "RS256", "typ": "AT+JWT"},
                       {"alg": "RS256", "typ": "application/at+jwt"}, {"alg": "RS256", "typ": "Application/JWT"},
                       {"alg": "RS256", "kid": "../../../../dev/null"}, {"alg": "RS256", "kid": "' OR 1=1"},
                       {"alg": "RS256", "cty": "x", "zip": "DEF"}):
            with self.subTest(json.dumps(header)):
                self.assertAccepted(token(claims(), header))


class Claims(Tokens):
    settings = {"JWT_AUDIENCE": "documents, records", "JWT_ISSUER": "https://issuer.example/"}

    def setUp(self):
        self.now = int(time.time())

    def claims(self, **changes):
        return claims(**{"iss": "https://issuer.example/", **changes})

    def refuse(self, reason, rows):
        self.assertAllRefused(reason, {name: token(self.claims(**changes)) for name, changes in rows.items()})

    def accept(self, rows):
        for name, changes in rows.items():
            with self.subTest(name):
                self.assertAccepted(token(self.claims(**changes)))

    def test_required_claims(self):
        self.refuse("claim_missing", {"no " + name: {name: ABSENT} for name in ("exp", "iat", "sub", "aud", "iss")})

    def test_times_of_another_type(self):
        values = ["%d" % (self.now + 60), None, True, False, [], {}, "", -1, -0.5, 253402300800, 1e300]
        self.refuse("claim_type", {"%s is %r" % (name, value): {name: value}
                                   for name in ("exp", "iat", "nbf") for value in values})

    def test_times(self):
        self.refuse("expired", {"now": {"exp": self.now}, "a second ago": {"exp": self.now - 1},
                                "1970": {"exp": 0}, "a fraction ago": {"exp": self.now - 0.5}})
        self.refuse("not_yet_valid", {"nbf ahead": {"nbf": self.now + 60}, "iat ahead": {"iat": self.now + 60},
                                      "nbf in the last year of all": {"nbf": 253402300799}})
        self.accept({"a fraction": {"exp": self.now + 60.5, "iat": self.now - 0.5}, "nbf now": {"nbf": self.now},
                     "the last year of all": {"exp": 253402300799}, "iat in 1970": {"iat": 0, "nbf": 0}})

    def test_audiences(self):
        self.accept({"ours": {"aud": "documents"}, "the other of ours": {"aud": "records"},
                     "ours in a list": {"aud": ["x", "documents", "y"]}})
        self.refuse("audience", {repr(aud): {"aud": aud} for aud in (
            "", "document", "documents ", " documents", "Documents", "documents, records", "documents2", "x",
            ["x"], ["x", ""], [""])})
        self.refuse("claim_type", {repr(aud): {"aud": aud} for aud in (
            [], ["documents", 1], [None, "documents"], ["documents", ["x"]], 1, True, None, {"documents": 1})})

    def test_issuers(self):
        self.refuse("issuer", {repr(iss): {"iss": iss} for iss in (
            "", "https://issuer.example", "https://issuer.example/x", "https://ISSUER.example/")})
        self.refuse("claim_type", {repr(iss): {"iss": iss} for iss in (1, None, ["https://issuer.example/"])})

    def test_subjects(self):
        self.accept({"255 bytes": {"sub": "s" * 255}, "a name beyond ASCII": {"sub": "Zoë ☂"}})
        self.refuse("claim_type", {name: {"sub": sub} for name, sub in {
            "empty": "", "256 bytes": "s" * 256, "256 bytes of 128 characters": "é" * 128, "a newline": "a\nb",
            "a tab": "a\tb", "DEL": "a\x7f", "C1": "a\x85b", "a number": 1, "a list": ["operator"], "null": None,
            "true": True}.items()})


class Leeway(Tokens):
    settings = {"JWT_LEEWAY": "60"}

    def test_a_clock_may_differ_by_so_much(self):
        now = int(time.time())
        for changes in ({"exp": now - 30}, {"nbf": now + 30}, {"iat": now + 30}):
            with self.subTest(changes):
                self.assertAccepted(token(claims(**changes)))
        self.assertRefused(jose.bearer(token(claims(exp=now - 61))), "expired")
        self.assertRefused(jose.bearer(token(claims(nbf=now + 90))), "not_yet_valid")
        self.assertRefused(jose.bearer(token(claims(iat=now + 90))), "not_yet_valid")


class Principals(Tokens):
    """Types and actors."""

    def test_a_type_that_is_no_identifier(self):
        for value in ("", "Pat ient", 'Patient"', "Patient::User", "1Patient", "Pätient", "-", 1, None, ["Patient"],
                      "P" * 1025):
            with self.subTest(repr(value)[:40]):
                self.assertRefused(jose.bearer(token(claims(principal_type=value))), "principal_type", 403, "forbidden")

    def test_a_single_actor_need_not_be_chosen(self):
        self.assertAccepted(token(claims(actors=["operator"])))

    def test_of_several_actors_one_is_chosen(self):
        text = token(claims(actors=["auditor", "operator", "on-call_2"]))
        self.assertRefused(jose.bearer(text), "actor_invalid", 400, "invalid_request")
        chosen = {**jose.bearer(text), "X-Active-Actor": "operator"}
        self.assertEqual(self.ask(chosen).status, 200)
        for other in ("auditor", "on-call_2"):
            with self.subTest(other):
                # Known, and not permitted: the policies have decided, not the token's guard.
                self.assertError(self.ask({**chosen, "X-Active-Actor": other}), 403, "forbidden")

    def test_the_header_only_narrows(self):
        for actors in (["auditor"], ["auditor", "reader"], [], ABSENT, "operator"):
            with self.subTest(actors=str(actors)):
                headers = {**jose.bearer(token(claims(actors=actors))), "X-Active-Actor": "operator"}
                self.assertRefused(headers, "actor_refused", 403, "forbidden")

    def test_a_header_of_another_shape(self):
        text = token(claims(actors=["operator", "auditor"]))
        for value in ("", " operator", "operator ", "operator, auditor", "oper\tator", "op/erator", "operator\x01",
                      "opérator", '"operator"', "*"):
            with self.subTest(repr(value)):
                headers = {**jose.bearer(text), "X-Active-Actor": value}
                self.assertRefused(headers, "actor_invalid", 400, "invalid_request")
        twice = [("Authorization", "Bearer " + text), ("X-Active-Actor", "operator"), ("X-Active-Actor", "operator")]
        self.assertRefused(twice, "actor_invalid", 400, "invalid_request")

    def test_services_have_neither_actors_nor_roles(self):
        for changes in ({"token_type": "service"}, {"neosofia:token_type": "service"},
                        {"token_type": "service", "actors": ["operator", "auditor"]},
                        {"token_type": "service", "principal_type": "Clinician", "role": "physician",
                         "clinic_id": "clinic-a", "actors": ABSENT}):
            with self.subTest(changes=str(changes)):
                self.assertError(self.ask(jose.bearer(token(claims(**changes)))), 403, "forbidden")
        self.assertAccepted(token(claims(token_type="user")))

    def test_a_type_of_token_that_is_no_text_might_have_meant_service(self):
        for value in (1, None, ["service"], True, {}):
            with self.subTest(repr(value)):
                self.assertRefused(jose.bearer(token(claims(token_type=value))), "claim_type")

    def test_more_than_a_principal_may_have_is_refused_and_never_cut(self):
        for name, changes in {
                "33 claims": {"c%d" % i: i for i in range(33)},
                "65 actors": {"actors": ["operator"] + ["a%d" % i for i in range(64)]},
                "a long text": {"clinic_id": "c" * 1025}}.items():
            with self.subTest(name):
                self.assertRefused(jose.bearer(token(claims(**changes))), "claim_type")

    def test_claims_of_no_use_are_dropped(self):
        self.assertAccepted(token(claims(**{"clinic_id": {"x": 1}, "role": 1.5, "a-b": "x", "neosofia:": "y",
                                            "sub2": [1]})))

    def test_a_registered_claim_has_no_second_self(self):
        text = token(claims(**{"sub": "p2", "neosofia:sub": "p1", "neosofia:aud": "x", "actors": ABSENT,
                               "principal_type": "Patient"}))
        self.assertError(self.ask(jose.bearer(text)), 403, "forbidden")


class Connections(Tokens):
    """Identity does not survive a request."""

    settings = {"WEB_CONCURRENCY": "1"}

    def test_the_next_request_of_a_connection_starts_empty(self):
        text = good()
        for _ in range(3):
            self.assertAccepted(text)
            self.assertRefused([], "missing")
            self.assertAccepted(text)
            self.assertRefused({"X-Active-Actor": "operator"}, "missing")
            patient = token(claims(sub="p2", principal_type="Patient", actors=ABSENT))
            self.assertError(self.ask(jose.bearer(patient)), 403, "forbidden")

    def test_nor_does_what_was_verified_before(self):
        header, body, signature = good().split(".")
        self.assertAccepted(".".join([header, body, signature]))
        shorter = jose.encode(jose.decode(signature)[:-1])
        self.assertRefused(jose.bearer(".".join([header, body, shorter])), "signature")
        self.assertRefused(jose.bearer(".".join([header, jose.encode(payload(sub="x")), signature])), "signature")
        self.assertAccepted(".".join([header, body, signature]))

    def test_a_token_expires_between_two_requests(self):
        text = token(claims(exp=int(time.time()) + 2))
        self.assertAccepted(text)
        harness.wait_until(lambda: self.ask(jose.bearer(text)).status == 401, "the token to expire", 10)
        self.assertRefused(jose.bearer(text), "expired")

    @harness.needs("nginx")
    def test_through_a_front_that_keeps_connections(self):
        nginx = harness.Nginx(self.stage, "unix:" + self.service.socket_path)
        first = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=harness.DEADLINE)
        other = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=harness.DEADLINE)
        self.addCleanup(first.close)
        self.addCleanup(other.close)
        for _ in range(5):
            self.assertEqual(harness.http_on(first, "GET", DOCUMENT, jose.bearer(good())).status, 200)
            self.assertEqual(harness.http_on(first, "GET", DOCUMENT).status, 401)
            self.assertEqual(harness.http_on(other, "GET", DOCUMENT).status, 401)

    def test_the_words_of_the_log_are_those_of_the_source(self):
        """Nothing but these ever stands under `reason` of an authentication.failed."""
        with open(harness.os.path.join(harness.SOURCE, "framework", "authn", "authn.c")) as f:
            words = set(re.findall(r'\[AUTHN_\w+\] = "(\w+)"', f.read())) | {"actor_invalid", "actor_refused"}
        self.assertRefused([], "missing")
        self.assertLessEqual({e["reason"] for e in self.service.events("authentication.failed")}, words)


if __name__ == "__main__":
    unittest.main()
