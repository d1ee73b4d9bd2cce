"""Policies, templates, links, and sets of them, in every form that the batch takes."""

from .expressions import Expressions
from .printing import Tokens, TreeJson, layout
from .texts import raw_json
from .values import ValueJson, make_uid

ANNOTATIONS = ("id", "advice", "if", "a_b", "_")


class Policy:
    """`principal` and `resource` are (operator, type or None, uid or "slot" or None); `action` is (operator, uids)."""

    def __init__(self):
        self.effect, self.annotations, self.conditions = "permit", {}, []
        self.principal, self.action, self.resource = ("all", None, None), ("all", []), ("all", None, None)

    def slots(self):
        return [name for name, scope in (("?principal", self.principal), ("?resource", self.resource)) if scope[2] == "slot"]


def make_scope(draw, schema, name, may_slot):
    """Of principal or resource, round entities of this type."""
    kind = draw.choice(("all", "all", "all", "is", "is", "==", "in", "in", "is in"))
    if may_slot and draw.often(0.7):
        kind = draw.choice(("==", "in", "is in"))
    type_ = name if kind.startswith("is") else None
    above = sorted(schema.ancestors(name)) + [name]
    uid = None
    if kind not in ("all", "is"):
        uid = make_uid(draw, schema, name if kind == "==" else draw.choice(above))
        if may_slot and draw.often(0.8):
            uid = "slot"
    return kind, type_, uid


def make_action_scope(draw, schema, action):
    if draw.often(0.4):
        return "all", []
    group = draw.choice(schema.groups_of(action) + [action])
    if draw.often(0.4):
        return "==", [("entity",) + action.uid]
    uids = [("entity",) + one.uid for one in [group] + draw.some(schema.actions, 0, 1)]
    return ("in", uids[:1]) if draw.often(0.5) else ("in list", uids)


def make_policy(draw, schema, is_template, wrong, focus):
    policy = Policy()
    policy.effect = "permit" if draw.often(0.7) else "forbid"
    action = focus if draw.often(0.7) else draw.choice(schema.actions)
    names = sorted(schema.types)
    principal, resource = draw.choice(action.principals or names), draw.choice(action.resources or names)
    if draw.often(0.05):
        principal = draw.choice(names)
    policy.principal = make_scope(draw, schema, principal, is_template)
    policy.resource = make_scope(draw, schema, resource, is_template)
    policy.action = make_action_scope(draw, schema, action)
    if is_template and not policy.slots():
        policy.principal = ("in", None, "slot")
    trees = Expressions(draw, schema, (principal, action, resource), wrong)
    for _ in range(draw.choice((0, 0, 1, 1, 1, 2, 3))):
        policy.conditions.append((draw.choice(("when", "when", "unless")), trees.condition(draw.choice((1, 2, 3, 4, 4, 6)))))
    for key in draw.some(ANNOTATIONS, 0, 2) if draw.often(0.2) else ():
        policy.annotations[key] = draw.choice((None, "", draw.string()))
    return policy


# -- text


def scope_tokens(tokens, name, scope):
    kind, type_, uid = scope
    if kind == "all":
        return [name]
    right = ["?" + name] if uid == "slot" else [] if uid is None else tokens.uid(uid)
    if kind == "is":
        return [name, "is"] + tokens.path(type_)
    if kind == "is in":
        return [name, "is"] + tokens.path(type_) + ["in"] + right
    return [name, kind] + right


def action_tokens(tokens, scope):
    kind, uids = scope
    if kind == "all":
        return ["action"]
    if kind == "in list":
        return ["action", "in"] + tokens.list([tokens.uid(uid) for uid in uids], "[]", 0.05)
    return ["action", kind] + tokens.uid(uids[0])


def policy_tokens(draw, policy):
    tokens, out = Tokens(draw), []
    for key, value in policy.annotations.items():
        out += ["@", key] + (["(", tokens.put_value(("string", value))[0][0], ")"] if value is not None else [])
    heads = [scope_tokens(tokens, "principal", policy.principal), action_tokens(tokens, policy.action),
             scope_tokens(tokens, "resource", policy.resource)]
    out += [policy.effect] + tokens.list(heads, "()", 0.03)
    for kind, tree in policy.conditions:
        out += [kind, "{"] + tokens.at(tree, 0) + ["}"]
    return out + [";"]


def policy_text(draw, policy):
    return layout(draw, policy_tokens(draw, policy))


# -- JSON


def scope_json(draw, name, scope):
    kind, type_, uid = scope
    form = ValueJson(draw, False)
    right = {"slot": "?" + name} if uid == "slot" else {} if uid is None else {"entity": form.uid(uid)}
    if kind == "all":
        return {"op": "All"}
    if kind == "is":
        return {"op": "is", "entity_type": type_}
    if kind == "is in":
        return {"op": "is", "entity_type": type_, "in": right}
    return dict(op=kind, **right)


def action_scope_json(draw, scope):
    kind, uids = scope
    form = ValueJson(draw, False)
    if kind == "all":
        return {"op": "All"}
    if kind == "in list":
        return {"op": "in", "entities": [form.uid(uid) for uid in uids]}
    return {"op": kind, "entity": form.uid(uids[0])}


def policy_json(draw, policy):
    out = {"effect": policy.effect, "principal": scope_json(draw, "principal", policy.principal),
           "action": action_scope_json(draw, policy.action), "resource": scope_json(draw, "resource", policy.resource),
           "conditions": [{"kind": kind, "body": TreeJson(draw).tree(tree)} for kind, tree in policy.conditions]}
    if policy.annotations or draw.often(0.1):
        out["annotations"] = dict(policy.annotations)
    return out


# -- sets


class Link:
    def __init__(self, template, new, values):
        self.template, self.new, self.values = template, new, values


class PolicySet:
    """`form` is "text" or "object"; of an object each policy has an id and a format of its own."""

    def __init__(self, form):
        self.form, self.policies, self.templates, self.links = form, [], [], []


def make_set(draw, schema, focus):
    wrong = draw.choice((0, 0, 0.02, 0.1))
    policies = PolicySet("text" if draw.often(0.5) else "object")
    policies.policies = [make_policy(draw, schema, policies.form == "text" and draw.often(0.02), wrong, focus)
                         for _ in range(draw.choice((1, 1, 2, 3, 4)))]
    if policies.form == "object":
        policies.templates = [make_policy(draw, schema, True, wrong, focus) for _ in range(draw.choice((0, 0, 1, 2)))]
        for place, template in enumerate(policies.templates):
            for number in range(draw.choice((0, 1, 1, 2))):
                policies.links.append(make_link(draw, schema, place, template, "link %d.%d" % (place, number)))
    return policies


def make_link(draw, schema, place, template, new):
    values = {}
    for slot in template.slots():
        scope = template.principal if slot == "?principal" else template.resource
        name = draw.choice(sorted(schema.types))
        if scope[1] is not None and draw.often(0.8):
            name = draw.choice(sorted(schema.ancestors(scope[1])) + [scope[1]])
        values[slot] = make_uid(draw, schema, name)
    return Link("template%d" % place, new, values)


def one_raw(draw, policy):
    """One policy as raw JSON: its text as a string, or its JSON form."""
    return raw_json(policy_text(draw, policy) if draw.often(0.5) else policy_json(draw, policy), draw)


def set_texts(draw, policies):
    """What the set consists of: [(where, id, raw)]; where is "text", "staticPolicies", "templates" or "templateLinks"."""
    if policies.form == "text":
        return [("text", None, raw_json("\n".join(policy_text(draw, one) for one in policies.policies), draw))]
    form = ValueJson(draw, False)
    out = [("staticPolicies", "policy%d" % place, one_raw(draw, one)) for place, one in enumerate(policies.policies)]
    out += [("templates", "template%d" % place, one_raw(draw, one)) for place, one in enumerate(policies.templates)]
    for link in policies.links:
        values = {slot: form.uid(uid) for slot, uid in link.values.items()}
        out.append(("templateLinks", None, raw_json({"templateId": link.template, "newId": link.new, "values": values}, draw)))
    return out


def set_raw(parts, whole_text_as_is):
    """
    The parts as one raw JSON value. The official engine takes a text only inside of an object, and there no templates.
    """
    if parts and parts[0][0] == "text":
        return parts[0][2] if whole_text_as_is and "?" not in parts[0][2] else '{"staticPolicies":%s}' % parts[0][2]
    groups = {"staticPolicies": [], "templates": [], "templateLinks": []}
    for where, identifier, raw in parts:
        groups[where].append(raw if identifier is None else "%s:%s" % (raw_json(identifier), raw))
    return '{"staticPolicies":{%s},"templates":{%s},"templateLinks":[%s]}' % tuple(",".join(one) for one in groups.values())
