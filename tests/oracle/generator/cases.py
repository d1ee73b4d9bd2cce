"""A whole case from a seed: a schema or none, policies, entities and requests as raw JSON texts, and perhaps one fault."""

from .draw import Draw
from .faults import spoil_raw
from .policies import make_set, set_raw, set_texts
from .schemas import Json, Text, make_schema
from .texts import raw_json
from .worlds import entities_json, make_entities, make_request

FAULTS = ("policies", "schema", "entities", "context", "request")


class Case:
    """`parts` of the policies as policies.set_texts() has them; `entities` a list of raw texts, or one whole raw text that is spoilt."""

    def __init__(self, seed):
        self.seed, self.fault = seed, None
        self.schema, self.parts, self.entities, self.spoilt_entities, self.requests = None, [], [], None, []

    def policies(self, whole_text_as_is=True):
        return set_raw(self.parts, whole_text_as_is)

    def entities_raw(self):
        return self.spoilt_entities if self.spoilt_entities is not None else "[" + ",".join(self.entities) + "]"


def make_case(seed):
    draw, case = Draw(seed), Case(seed)
    schema = make_schema(draw)
    typed = draw.often(0.75)
    if typed:
        case.schema = raw_json(Text(draw, schema).whole() if draw.often(0.6) else Json(draw, schema).whole(), draw)
    focus = draw.choice([action for action in schema.actions if action.applies])  # policies and requests meet there
    case.parts = set_texts(draw, make_set(draw, schema, focus))
    case.entities = [raw_json(one, draw) for one in entities_json(draw, schema, make_entities(draw, schema), typed)]
    case.requests = [make_request(draw, schema, typed, focus).parts() for _ in range(draw.randint(1, 4))]
    is_refused = case.parts[0][0] == "text" and "?" in case.parts[0][2]  # a template among static policies
    if draw.often(0.3) and not is_refused:
        spoil(draw, case)
    return case


def spoil(draw, case):
    case.fault = draw.choice(FAULTS)
    if case.fault == "schema" and case.schema is None:
        case.fault = "policies"
    if case.fault == "policies":
        place = draw.randrange(len(case.parts))
        where, identifier, raw = case.parts[place]
        case.parts[place] = where, identifier, spoil_raw(draw, raw)
    elif case.fault == "schema":
        case.schema = spoil_raw(draw, case.schema)
        if case.schema.strip() == "null":
            case.schema = "[]"  # in a question null means that there is none
    elif case.fault == "entities":
        case.spoilt_entities = spoil_raw(draw, case.entities_raw())
    else:
        request = draw.choice(case.requests)
        if "unheard" in request["action"]:
            return  # one fault is enough: which of two is named is a matter of taste
        name = "context" if case.fault == "context" else draw.choice(("principal", "action", "resource"))
        request[name] = spoil_raw(draw, request[name], 0.35 if name == "context" else 0)
