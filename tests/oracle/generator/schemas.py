"""Schemas: a model of one, and its two spellings.

Types are tuples: ("Bool",) ("Long",) ("String",) ("Set", T) ("Record", {name: (T, required)}) ("Entity", name) ("Extension", name)
("Common", name, T). Names of types are whole: "NS::User".
"""

from .draw import ACTIONS, ATTRIBUTES, COMMON, CONTEXT, EXTENSIONS, SHADOWS, TYPES
from .texts import quote

RESERVED = ("true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar")


def is_identifier(name):
    return name.isascii() and name.isidentifier() and name not in RESERVED


def base_of(type_):
    """A type without the common types' names around it."""
    while type_[0] == "Common":
        type_ = type_[2]
    return type_


def split(name):
    namespace, _, base = name.rpartition("::")
    return namespace, base


class EntityType:
    def __init__(self, name):
        self.name, self.parents, self.attributes, self.tags, self.ids = name, [], {}, None, None
        self.shape = None  # the common type that the attributes are


class Action:
    def __init__(self, namespace, identifier):
        self.namespace, self.id = namespace, identifier
        self.groups, self.principals, self.resources, self.context, self.applies = [], [], [], {}, True
        self.context_type = None  # the common type that the context is

    @property
    def type(self):
        return self.namespace + "::Action" if self.namespace else "Action"

    @property
    def uid(self):
        return self.type, self.id


class Schema:
    def __init__(self):
        self.types, self.common, self.actions, self.namespaces = {}, {}, [], []

    def ancestors(self, name):
        """All types that an entity of this type may be in."""
        found, left = set(), list(self.types[name].parents) if name in self.types else []
        while left:
            parent = left.pop()
            if parent not in found:
                found.add(parent)
                left += self.types[parent].parents
        return found

    def groups_of(self, action):
        found, left = [], list(action.groups)
        while left:
            group = left.pop()
            if group not in found:
                found.append(group)
                left += group.groups
        return found


def make_type(draw, schema, depth):
    kinds = ["Bool", "Long", "String", "Entity", "Extension"] + (["Set", "Record", "Common"] if depth > 0 else [])
    kind = draw.choice(kinds)
    if kind == "Set":
        return ("Set", make_type(draw, schema, depth - 1))
    if kind == "Record":
        return ("Record", make_attributes(draw, schema, ATTRIBUTES, 0, 3, depth - 1))
    if kind == "Entity":
        return ("Entity", draw.choice(sorted(schema.types)))
    if kind == "Extension":
        return ("Extension", draw.choice(sorted(EXTENSIONS)))
    if kind == "Common" and schema.common:
        name = draw.choice(sorted(schema.common))
        return ("Common", name, schema.common[name])
    return ("Long",) if kind == "Common" else (kind,)


def make_attributes(draw, schema, names, least, most, depth):
    return {name: (make_type(draw, schema, depth), draw.often(0.6)) for name in draw.some(names, least, most)}


def make_schema(draw):
    schema = Schema()
    schema.namespaces = draw.choice(([""], ["NS"], ["", "NS"], ["A::B", "NS"], ["", "A::B"]))
    for base in draw.some(TYPES, 2, 4) + (draw.some(SHADOWS, 1, 2) if draw.often(0.08) else []):
        namespace = draw.choice(schema.namespaces)
        entity = EntityType(namespace + "::" + base if namespace else base)
        schema.types[entity.name] = entity
        if len(schema.types) > 2 and draw.often(0.2):
            entity.ids = draw.some(("red", "green", "a b", "\u00e9"), 1, 3)
    for base in draw.some(COMMON, 0, 2):
        namespace = draw.choice(schema.namespaces)
        type_ = make_type(draw, schema, 1)
        schema.common[namespace + "::" + base if namespace else base] = type_
    names = list(schema.types)
    for entity in schema.types.values():
        if entity.ids is not None:
            continue
        entity.parents = draw.some(names, 0, 2)
        entity.attributes = make_attributes(draw, schema, ATTRIBUTES, 0, 5, 2)
        if draw.often(0.1):
            entity.shape = add_record(draw, schema, entity.attributes)
        if draw.often(0.3):
            entity.tags = make_type(draw, schema, 1)
    make_actions(draw, schema, names)
    return schema


def add_record(draw, schema, attributes):
    """A common type for a record that is there already."""
    name = "Rec%d" % len(schema.common)
    namespace = draw.choice(schema.namespaces)
    name = namespace + "::" + name if namespace else name
    schema.common[name] = ("Record", attributes)
    return name


def make_actions(draw, schema, names):
    for identifier in draw.some(ACTIONS, 1, 4):
        action = Action(draw.choice(schema.namespaces), identifier)
        action.groups = draw.some(schema.actions, 0, 2)
        action.applies = not schema.actions or draw.often(0.85)
        if action.applies:
            action.principals, action.resources = draw.some(names, 1, 3), draw.some(names, 1, 3)
            action.context = make_attributes(draw, schema, CONTEXT, 0, 4, 2)
            if draw.often(0.15):
                action.context_type = add_record(draw, schema, action.context)
        schema.actions.append(action)


# -- Cedar text


class Text:
    """Prints as a person might: names as short as they may be, or whole."""

    def __init__(self, draw, schema):
        self.draw, self.schema, self.namespace = draw, schema, ""

    def name(self, name):
        namespace, base = split(name)
        return base if namespace == self.namespace and self.draw.often(0.8) else name

    def type(self, type_):
        kind = type_[0]
        if kind == "Set":
            return "Set<%s>" % self.type(type_[1])
        if kind == "Record":
            return self.record(type_[1])
        if kind in ("Entity", "Common"):
            return self.name(type_[1])
        name = type_[1] if kind == "Extension" else kind
        return "__cedar::" + name if self.draw.often(0.05) else name

    def record(self, attributes):
        parts = ["%s%s%s: %s" % (self.annotation(), self.key(name), "" if required else "?", self.type(type_))
                 for name, (type_, required) in attributes.items()]
        return "{" + ", ".join(parts) + ("," if parts and self.draw.often(0.2) else "") + "}"

    def key(self, name):
        return name if is_identifier(name) and self.draw.often(0.8) else quote(name)

    def annotation(self):
        return self.draw.choice(("@doc(\"x\") ", "@if ", "@a(\"\")\n")) if self.draw.often(0.05) else ""

    def list(self, names):
        names = [self.name(name) for name in names]
        return names[0] if len(names) == 1 and self.draw.often(0.5) else "[" + ", ".join(names) + "]"

    def entity(self, entity):
        out = self.annotation() + "entity " + split(entity.name)[1]
        if entity.ids is not None:
            return out + " enum [" + ", ".join(quote(one) for one in entity.ids) + "];"
        if entity.parents or self.draw.often(0.1):
            out += " in " + self.list(entity.parents)
        if entity.attributes or self.draw.often(0.3):  # text has no other way to say a shape
            out += (" = " if self.draw.often(0.5) else " ") + self.record(entity.attributes)
        if entity.tags is not None:
            out += " tags " + self.type(entity.tags)
        return out + ";"

    def action(self, action):
        out = self.annotation() + "action " + self.key(action.id)
        if action.groups:
            out += " in [" + ", ".join(self.group(action, group) for group in action.groups) + "]"
        if action.applies:
            parts = ["principal: " + self.list(action.principals), "resource: " + self.list(action.resources)]
            if action.context or self.draw.often(0.3):
                named = action.context_type
                parts.append("context: " + (self.name(named) if named else self.record(action.context)))
            self.draw.shuffle(parts)
            out += " appliesTo { " + ", ".join(parts) + " }"
        return out + ";"

    def group(self, action, group):
        if group.namespace == action.namespace and self.draw.often(0.5):
            return self.key(group.id)
        return group.type + "::" + quote(group.id)

    def namespace_body(self, namespace):
        self.namespace, out = namespace, []
        for name, type_ in self.schema.common.items():
            if split(name)[0] == namespace:
                out.append("type %s = %s;" % (split(name)[1], self.type(type_)))
        out += [self.entity(one) for one in self.schema.types.values() if split(one.name)[0] == namespace]
        out += [self.action(one) for one in self.schema.actions if one.namespace == namespace]
        self.draw.shuffle(out)
        return out

    def whole(self):
        out = []
        for namespace in self.schema.namespaces:
            body = "\n".join(self.namespace_body(namespace))
            out.append("namespace %s {\n%s\n}" % (namespace, body) if namespace else body)
        return "\n".join(out) + "\n"


# -- JSON


class Json:
    def __init__(self, draw, schema):
        self.draw, self.schema = draw, schema

    def type(self, type_):
        kind = type_[0]
        if kind == "Set":
            return {"type": "Set", "element": self.type(type_[1])}
        if kind == "Record":
            return self.record(type_[1])
        if kind == "Entity":
            return {"type": self.draw.choice(("Entity", "EntityOrCommon")), "name": type_[1]}
        if kind == "Common":
            return {"type": type_[1]} if self.draw.often(0.5) else {"type": "EntityOrCommon", "name": type_[1]}
        if kind == "Extension":
            return {"type": "Extension", "name": type_[1]}
        return {"type": "Boolean" if kind == "Bool" else kind}

    def record(self, attributes):
        out = {}
        for name, (type_, required) in attributes.items():
            out[name] = self.type(type_)
            if not required or self.draw.often(0.2):
                out[name]["required"] = required
        return {"type": "Record", "attributes": out}

    def entity(self, entity):
        if entity.ids is not None:
            return {"enum": list(entity.ids)}
        out = {}
        if entity.parents:
            out["memberOfTypes"] = list(entity.parents)
        if entity.attributes or self.draw.often(0.3):
            out["shape"] = {"type": entity.shape} if entity.shape else self.record(entity.attributes)
        if entity.tags is not None:
            out["tags"] = self.type(entity.tags)
        return out

    def action(self, action):
        out = {}
        if action.groups:
            out["memberOf"] = [self.group(action, group) for group in action.groups]
        if action.applies:
            out["appliesTo"] = {"principalTypes": list(action.principals), "resourceTypes": list(action.resources)}
            if action.context or self.draw.often(0.3):
                named = action.context_type
                out["appliesTo"]["context"] = {"type": named} if named else self.record(action.context)
        return out

    def group(self, action, group):
        if group.namespace == action.namespace and self.draw.often(0.5):
            return {"id": group.id}
        return {"id": group.id, "type": group.type}

    def whole(self):
        out = {}
        for namespace in self.schema.namespaces:
            out[namespace] = {
                "entityTypes": {split(one.name)[1]: self.entity(one) for one in self.schema.types.values()
                                if split(one.name)[0] == namespace},
                "actions": {one.id: self.action(one) for one in self.schema.actions if one.namespace == namespace},
            }
            common = {split(name)[1]: self.type(type_) for name, type_ in self.schema.common.items() if split(name)[0] == namespace}
            if common or self.draw.often(0.2):
                out[namespace]["commonTypes"] = common
        return out
