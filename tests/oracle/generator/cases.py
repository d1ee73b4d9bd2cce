"""A whole case from a seed: a schema or none, policies, entities and requests as raw JSON texts, and perhaps one fault."""

from .draw import Draw
from .faults import spoil_raw
from .policies import make_set, set_raw, set_texts
from .schemas import Json, Text, make_schema
from .texts import is_json, raw_json
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
    """Of a seed like "7f:123" every case has a fault, and perhaps several in the same part; else a third have one."""
    draw, case, is_faulty = Draw(seed), Case(seed), seed.partition(":")[0].endswith("f")
    schema = make_schema(draw)
    typed = draw.often(0.75)
    if typed:
        case.schema = raw_json(Text(draw, schema).whole() if draw.often(0.6) else Json(draw, schema).whole(), draw)
    focus = draw.choice([action for action in schema.actions if action.applies])  # policies and requests meet there
    case.parts = set_texts(draw, make_set(draw, schema, focus))
    case.entities = [raw_json(one, draw) for one in entities_json(draw, schema, make_entities(draw, schema), typed)]
    case.requests = [make_request(draw, schema, typed, focus).parts() for _ in range(draw.randint(1, 4))]
    is_refused = case.parts[0][0] == "text" and "?" in case.parts[0][2]  # a template among static policies
    if not is_refused and (is_faulty or draw.often(0.3)):
        spoil(draw, case, draw.choice((1, 1, 1, 2, 3)) if is_faulty else 1)
    return case


def spoil_often(draw, raw, times, spelling=0.35):
    for _ in range(times):
        raw = spoil_raw(draw, raw, spelling)
        if not is_json(raw):
            break
    return raw


def spoil(draw, case, times):
    case.fault = draw.choice(FAULTS)
    if case.fault == "schema" and case.schema is None:
        case.fault = "policies"
    if case.fault == "policies":
        place = draw.randrange(len(case.parts))
        where, identifier, raw = case.parts[place]
        case.parts[place] = where, identifier, spoil_often(draw, raw, times)
    elif case.fault == "schema":
        case.schema = spoil_often(draw, case.schema, times)
        if case.schema.strip() == "null":
            case.schema = "[]"  # in a question null means that there is none
    elif case.fault == "entities":
        case.spoilt_entities = spoil_often(draw, case.entities_raw(), times)
    else:
        request = draw.choice(case.requests)
        if "unheard" in request["action"]:
            return  # one fault is enough: which of two is named is a matter of taste
        name = "context" if case.fault == "context" else draw.choice(("principal", "action", "resource"))
        request[name] = spoil_often(draw, request[name], times, 0.35 if name == "context" else 0)
