"""One case asked of both engines, and what they do not agree on: None, or a text for people."""

import json

from .policies import set_raw
from .texts import is_json


class Both:
    def __init__(self, oracle, postern):
        self.oracle, self.postern, self.crashes = oracle, postern, 0

    def stop(self):
        self.oracle.stop()
        self.postern.stop()

    def differ(self, case):
        """Decisions, rejections and validation of one case."""
        theirs = self.oracle.call("decide", schema=case.schema, policies=case.policies(False), entities=case.entities_raw(),
                                  requests=case.requests)
        if theirs is None:
            self.crashes += 1
            return None
        for part in ("policies", "schema"):
            raw = case.policies() if part == "policies" else case.schema
            if raw is not None and not is_json(raw):
                return self.differ_unreadable(part, raw, theirs[part])
        return self.differ_validation(case, theirs) or self.differ_requests(case, theirs)

    def differ_unreadable(self, part, raw, theirs):
        """A part that is no JSON cannot stand in a line."""
        ours = self.postern.ask("check-parse", kind=json.dumps(part + "-json"), text=json.dumps(raw))
        if ours is None:
            return "postern died of unreadable " + part
        return None if ours["ok"] == theirs["ok"] else "unreadable %s: oracle %s, postern %s" % (part, theirs, ours)

    def differ_validation(self, case, theirs):
        if case.schema is None:
            return None
        ours = self.postern.ask("validate", schema=case.schema, policies=case.policies())
        rejected = next((part for part in ("policies", "schema") if not theirs[part]["ok"]), None)
        if ours is None:
            return "postern died of a validation"
        if rejected or "rejected" in ours:
            return None if ours.get("rejected") == rejected else describe("validation", theirs.get(rejected, {"ok": True}), ours)
        verdict = theirs["validation"]
        found = [(sorted(set(verdict["errors"])), sorted(set(ours["policies"]))),
                 (sorted(set(verdict["warnings"])), sorted({one["policy"] for one in ours["warnings"]}))]
        if ours["ok"] == (not verdict["errors"]) and all(one == other for one, other in found):
            return None
        return "validation: errors %s, postern %s; warnings %s, postern %s\n  oracle:  %s\n  postern: %s" % (
            *found[0], *found[1], verdict["texts"], [one["policy"] + ": " + one["message"] for one in ours["errors"] + ours["warnings"]])

    def differ_requests(self, case, theirs):
        for place, request in enumerate(case.requests):
            ours = self.postern.ask("authorize", policies=case.policies(), schema=case.schema, **self.data(case, request, place))
            expected = expect(theirs, place)
            if ours is None:
                return "postern died of request %d" % place
            if not agrees(expected, ours):
                return describe("request %d" % place, expected, ours)
        return None

    @staticmethod
    def data(case, request, place):
        """Entities and context in turn as JSON and as text, which also holds what is no JSON."""
        parts = {name: request[name] for name in ("principal", "action", "resource")}
        parts["validateRequest"] = json.dumps(request["validateRequest"])
        for name, raw in (("entities", case.entities_raw()), ("context", request["context"])):
            if place % 2 == 1 and is_json(raw):
                parts[name] = raw
            else:
                parts[name + "Text"] = json.dumps(raw)
        return parts

    # -- conversions, of cases without a fault

    def differ_conversions(self, case):
        if case.fault is not None:
            return None
        return self.differ_schema(case) or self.differ_policies(case)

    def differ_schema(self, case):
        if case.schema is None:
            return None
        if isinstance(json.loads(case.schema), str):
            theirs = self.oracle.call("schema_to_json", schema=case.schema)
            ours = self.translate("schema", "cedar-to-json", json.loads(case.schema))
            if theirs is None or theirs["type"] != "success":
                return None
            if not ours["ok"] or json.loads(ours["text"]) != theirs["json"]:
                return describe("schema to JSON", theirs, ours)
            return self.differ_resolved(json.loads(case.schema))
        theirs = self.oracle.call("schema_to_text", schema=case.schema)
        ours = self.translate("schema", "json-to-cedar", case.schema)
        if theirs is None or theirs["type"] != "success":
            return None if theirs is None or not ours["ok"] else describe("schema to text", theirs, ours)
        if not ours["ok"]:
            return describe("schema to text", theirs, ours)
        back = [self.oracle.call("schema_to_json", schema=json.dumps(text)) for text in (theirs["text"], ours["text"])]
        meant = [(answer or {}).get("json") for answer in back]  # warnings come in any order
        return None if meant[0] == meant[1] else describe("schema to text", theirs["text"], ours["text"])

    def differ_resolved(self, text):
        theirs = self.oracle.call("schema_to_resolved_json", text=text)
        ours = self.translate("schema", "cedar-to-json-with-resolved-types", text)
        if theirs is None:
            return None
        same = json.loads(ours["text"]) == theirs["json"] if ours["ok"] and theirs["type"] == "success" else (
            not ours["ok"] and theirs["type"] != "success")
        return None if same else describe("schema to resolved JSON", theirs, ours)

    def differ_policies(self, case):
        for where, _, raw in case.parts:
            if where == "templateLinks":
                continue
            value = json.loads(raw)
            found = self.differ_text(where, value) if isinstance(value, str) else self.differ_json(where, raw)
            if found:
                return found
        return None

    def parse(self, where, text):
        """The official JSON of Cedar text, of all its policies or of one template, as a list; None: it has none."""
        if where == "templates":
            answer = self.oracle.call("template_to_json", template=json.dumps(text))
        else:
            answer = self.oracle.call("texts_to_json", text=text)
        parts = [json.loads(raw) for raw in (answer or {}).get("raw", [])]
        return [part["json"] for part in parts] if parts and all(part["type"] == "success" for part in parts) else None

    def differ_text(self, where, text):
        theirs = self.parse(where, text)
        ours = self.translate("policies", "cedar-to-json", text)
        if theirs is None:
            return None
        if not ours["ok"]:
            return describe("policies to JSON", theirs, ours)
        converted = json.loads(ours["text"])["templates" if where == "templates" else "staticPolicies"]
        mine = [converted[name] for name in sorted(converted, key=lambda name: int(name[len("policy"):]))]
        if mine != theirs:
            return describe("policies to JSON", theirs, mine)
        formatted = self.translate("policies", "format", text)
        if not formatted["ok"] or self.parse(where, formatted["text"]) != theirs:
            return describe("format", text, formatted)
        laid_out = self.oracle.call("format", text=text) if "//" not in text else None  # of comments the official formatter loses some
        if laid_out is not None and laid_out["formatted_policy"].strip() != formatted["text"].strip():
            return describe("format", laid_out["formatted_policy"], formatted["text"])
        again = self.translate("policies", "format", formatted["text"])
        return None if again == formatted else describe("format again", formatted, again)

    def differ_json(self, where, raw):
        one = "template" if where == "templates" else "policy"
        theirs = self.oracle.call(one + "_to_text", **{one: raw})
        ours = self.translate("policies", "json-to-cedar", set_raw([(where, "x", raw)], False))
        if theirs is None or theirs["type"] != "success":
            return None
        meant = self.parse(where, theirs["text"])
        back = self.parse(where, ours["text"]) if ours["ok"] else None
        if meant is None and back is not None:
            return None  # of `has "if".x` the official engine does not read what it prints
        return None if ours["ok"] and back == meant else describe("policy to text", theirs["text"], ours)

    def translate(self, kind, direction, text):
        answer = self.postern.ask("translate", kind=json.dumps(kind), direction=json.dumps(direction), text=json.dumps(text))
        return {"ok": False, "message": "postern died"} if answer is None else answer


def expect(theirs, place):
    """What Postern should say of a request."""
    for part in ("policies", "schema", "entities"):
        if not theirs[part]["ok"]:
            return {"rejected": part, "message": theirs[part]["message"]}
    return theirs["requests"][place]


def agrees(expected, ours):
    if "rejected" in expected or "rejected" in ours:
        return expected.get("rejected") == ours.get("rejected")
    return (expected["decision"] == ours["decision"] and set(expected["reason"]) == set(ours["reason"]) and
            set(expected["errors"]) == set(ours["errors"]))


def describe(what, theirs, ours):
    return "%s\n  oracle:  %s\n  postern: %s" % (what, json.dumps(theirs), json.dumps(ours))
