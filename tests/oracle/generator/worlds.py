"""Entities and requests that a schema knows, as JSON texts, whole or with one fault."""

from .texts import raw_json
from .values import ValueJson, make_record, make_uid, make_value


class Entity:
    def __init__(self, uid):
        self.uid, self.attributes, self.parents, self.tags = uid, {}, [], None


def make_entities(draw, schema):
    """Parents come from entities further on, so there is no cycle."""
    uids, is_crowded = [], draw.often(0.05)
    for name in schema.types:
        for number in range(draw.randint(0, 12 if is_crowded else 3)):
            uid = make_uid(draw, schema, name)
            if is_crowded and schema.types[name].ids is None:
                uid = ("entity", name, "n%d" % number)
            if uid not in uids:
                uids.append(uid)
    draw.shuffle(uids)
    return [make_entity(draw, schema, uid, uids[place + 1:]) for place, uid in enumerate(uids)]


def make_entity(draw, schema, uid, later):
    entity, type_ = Entity(uid), schema.types[uid[1]]
    if type_.ids is not None:
        return entity
    entity.attributes = make_record(draw, schema, type_.attributes)
    above = [one for one in later if one[1] in type_.parents]
    entity.parents = draw.some(above, 0, 4 if len(later) > 12 else 2)
    if type_.parents and draw.often(0.1):
        stranger = ("entity", draw.choice(type_.parents), "elsewhere")  # has no entry of its own
        if schema.types[stranger[1]].ids is None:
            entity.parents.append(stranger)
    if type_.tags is not None and draw.often(0.8):
        keys = draw.some(("owner", "name", "a", "x", ""), 0, 3)
        entity.tags = {key: make_value(draw, schema, type_.tags) for key in keys}
    return entity


def entity_json(draw, schema, entity, typed):
    form = ValueJson(draw, typed)
    out = {"uid": form.uid(entity.uid), "attrs": {name: form.value(one) for name, one in entity.attributes.items()},
           "parents": [form.uid(one) for one in entity.parents]}
    if entity.tags is not None:
        out["tags"] = {name: form.value(one) for name, one in entity.tags.items()}
    return out


def action_json(schema, action):
    bare = ValueJson.bare
    return {"uid": bare(("entity",) + action.uid), "attrs": {},
            "parents": [bare(("entity",) + group.uid) for group in schema.groups_of(action)]}


def entities_json(draw, schema, entities, typed):
    """The list, as Python's JSON. Without a schema the actions' hierarchy is the list's affair."""
    out = [entity_json(draw, schema, one, typed) for one in entities]
    if draw.often(0.1 if typed else 0.7):
        out += [action_json(schema, action) for action in schema.actions]
    if out and draw.often(0.03):
        out.append(out[0])  # the same entity twice is fine
    return out


class Request:
    def __init__(self, principal, action, resource, context, validate):
        self.principal, self.action, self.resource, self.context, self.validate = principal, action, resource, context, validate

    def parts(self):
        """As both engines are given it: raw JSON texts."""
        return {"principal": self.principal, "action": self.action, "resource": self.resource, "context": self.context,
                "validateRequest": self.validate}


def make_request(draw, schema, typed, focus):
    action = focus if draw.often(0.7) else draw.choice(schema.actions)
    names = sorted(schema.types)
    stray = draw.often(0.04)
    principal = make_uid(draw, schema, draw.choice(names if stray or not action.principals else action.principals))
    resource = make_uid(draw, schema, draw.choice(names if stray or not action.resources else action.resources))
    uid = ("entity",) + action.uid if draw.often(0.98) else ("entity", "Action", "unheard")
    form = ValueJson(draw, typed)
    context = {name: form.value(one) for name, one in make_record(draw, schema, action.context).items()}
    return Request(raw_json(form.uid(principal), draw), raw_json(form.uid(uid), draw), raw_json(form.uid(resource), draw),
                   raw_json(context, draw), draw.often(0.8))
