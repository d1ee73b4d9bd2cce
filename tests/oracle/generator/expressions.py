"""Expressions of a wanted type, mostly well-typed, as trees that printing.py spells in both formats.

A tree is ("value", value) ("var", name) ("unary", op, e) ("binary", op, l, r) ("if", c, t, e) ("attr", e, name) ("has", e, [names])
("like", e, [pieces]) ("is", e, type, in or None) ("set", [e]) ("record", {name: e}) ("function", name, [e]) ("method", name, [e]).
"""

from .draw import ATTRIBUTES, EXTENSIONS
from .schemas import base_of
from .values import make_uid, make_value

ORDERED = ("Long", "datetime", "duration")
TRUE, FALSE = ("value", ("bool", True)), ("value", ("bool", False))


def kind_of(type_):
    type_ = base_of(type_)
    return type_[1] if type_[0] == "Extension" else type_[0]


def same(a, b):
    """Whether two types are one, common names looked through."""
    a, b = base_of(a), base_of(b)
    if a[0] != b[0]:
        return False
    if a[0] == "Set":
        return same(a[1], b[1])
    if a[0] == "Record":
        return a[1].keys() == b[1].keys() and all(same(a[1][key][0], b[1][key][0]) and a[1][key][1] == b[1][key][1] for key in a[1])
    return a == b


class Expressions:
    """`env` is (principal type, action, resource type) or None: then the variables have no known types."""

    def __init__(self, draw, schema, env, wrong):
        self.draw, self.schema, self.wrong = draw, schema, wrong
        self.paths = list(self.all_paths(env)) if env is not None else []

    # -- what can be read off the variables

    def all_paths(self, env):
        """(tree, type, guards): guards must hold before the tree may be evaluated."""
        principal, action, resource = env
        roots = [(("var", "principal"), ("Entity", principal)), (("var", "resource"), ("Entity", resource)),
                 (("var", "action"), ("Entity", action.type)), (("var", "context"), ("Record", action.context))]
        for tree, type_ in roots:
            yield from self.paths_from(tree, type_, [], 3)

    def paths_from(self, tree, type_, guards, depth):
        type_ = base_of(type_)
        yield tree, type_, guards
        if depth == 0:
            return
        for name, (inner, required) in self.attributes_of(type_).items():
            more = [] if required else [("has", tree, [name])]
            yield from self.paths_from(("attr", tree, name), inner, guards + more, depth - 1)
        tags = self.tags_of(type_)
        if tags is not None:
            key = ("value", ("string", self.draw.choice(("owner", "name", "a", "zz"))))
            yield ("method", "getTag", [tree, key]), base_of(tags), guards + [("method", "hasTag", [tree, key])]

    def attributes_of(self, type_):
        if type_[0] == "Record":
            return type_[1]
        if type_[0] == "Entity" and type_[1] in self.schema.types:
            return self.schema.types[type_[1]].attributes
        return {}

    def tags_of(self, type_):
        return self.schema.types[type_[1]].tags if type_[0] == "Entity" and type_[1] in self.schema.types else None

    def guarded(self, guards, body):
        """`body` behind its guards, in one of the ways that people write it; sometimes bare."""
        if not guards or self.draw.often(0.1):
            return body
        guards = [guard for place, guard in enumerate(guards) if guard not in guards[:place]]
        guard = guards[0]
        for more in guards[1:]:
            guard = ("binary", "&&", guard, more)
        if self.draw.often(0.1):
            return ("if", guard, body, self.draw.choice((TRUE, FALSE)))
        if self.draw.often(0.05):
            return ("binary", "||", ("unary", "!", guard), body)
        return ("binary", "&&", guard, body)

    # -- types

    def any_type(self):
        if self.paths and self.draw.often(0.7):
            return self.draw.choice(self.paths)[1]
        kind = self.draw.choice(("Bool", "Long", "String", "Entity", "Extension", "Set"))
        if kind == "Entity":
            return ("Entity", self.draw.choice(sorted(self.schema.types)))
        if kind == "Extension":
            return ("Extension", self.draw.choice(sorted(EXTENSIONS)))
        return ("Set", ("Long",)) if kind == "Set" else (kind,)

    # -- trees

    def condition(self, depth):
        """A Bool that keeps its guards to itself."""
        guards = []
        body = self.bool(depth, guards)
        return self.guarded(guards, body)

    def make(self, type_, depth, guards):
        draw = self.draw
        if draw.often(self.wrong):
            type_ = self.any_type()
        type_ = base_of(type_)
        if type_[0] == "Bool":
            return self.bool(depth, guards)
        if depth > 0 and draw.often(0.1):
            return ("if", self.condition(depth - 1), self.make(type_, depth - 1, guards), self.make(type_, depth - 1, guards))
        if draw.often(0.65):
            found = self.path(type_, guards)
            if found is not None:
                return found
        maker = {"Long": self.long, "Set": self.set, "Record": self.record, "Extension": self.extension}.get(type_[0])
        return maker(type_, depth, guards) if maker and depth > 0 else self.literal(type_)

    def path(self, type_, guards):
        fitting = [path for path in self.paths if same(path[1], type_)]
        if not fitting:
            return None
        tree, _, needed = self.draw.choice(fitting)
        guards += needed
        return tree

    def literal(self, type_):
        value = make_value(self.draw, self.schema, type_, wrong=self.wrong)
        return self.tree_of(value)

    def tree_of(self, value):
        if value[0] == "set":
            return ("set", [self.tree_of(one) for one in value[1]])
        if value[0] == "record":
            return ("record", {name: self.tree_of(one) for name, one in value[1].items()})
        if value[0] == "extension":
            return ("function", value[1], [("value", ("string", value[2]))])
        return ("value", value)

    def long(self, type_, depth, guards):
        draw = self.draw
        if draw.often(0.15):
            method = draw.choice(("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"))
            return ("method", method, [self.make(("Extension", "duration"), depth - 1, guards)])
        if draw.often(0.15):
            return ("unary", "-", self.make(type_, depth - 1, guards))
        return ("binary", draw.choice("+-*"), self.make(type_, depth - 1, guards), self.make(type_, depth - 1, guards))

    def set(self, type_, depth, guards):
        return ("set", [self.make(type_[1], depth - 1, guards) for _ in range(self.draw.choice((0, 1, 1, 2, 3)))])

    def record(self, type_, depth, guards):
        return ("record", {name: self.make(inner, depth - 1, guards) for name, (inner, required) in type_[1].items()
                           if required or self.draw.often(0.5)})

    def extension(self, type_, depth, guards):
        draw, name = self.draw, type_[1]
        datetime, duration = ("Extension", "datetime"), ("Extension", "duration")
        if name == "datetime" and draw.often(0.5):
            if draw.often(0.5):
                return ("method", "toDate", [self.make(datetime, depth - 1, guards)])
            return ("method", "offset", [self.make(datetime, depth - 1, guards), self.make(duration, depth - 1, guards)])
        if name == "duration" and draw.often(0.5):
            if draw.often(0.5):
                return ("method", "toTime", [self.make(datetime, depth - 1, guards)])
            return ("method", "durationSince", [self.make(datetime, depth - 1, guards), self.make(datetime, depth - 1, guards)])
        return self.literal(type_)

    # -- Bool

    def bool(self, depth, guards):
        draw = self.draw
        if depth <= 0 or draw.often(0.05):
            found = self.path(("Bool",), guards) if draw.often(0.6) else None
            return found or draw.choice((TRUE, FALSE, TRUE))
        return draw.choice((self.logic, self.logic, self.logic, self.equal, self.equal, self.order, self.member, self.member, self.has,
                            self.like, self.is_, self.contains, self.test, self.branch))(depth - 1, guards)

    def logic(self, depth, guards):
        if self.draw.often(0.2):
            return ("unary", "!", self.condition(depth))
        return ("binary", self.draw.choice(("&&", "||")), self.condition(depth), self.condition(depth))

    def branch(self, depth, guards):
        return ("if", self.condition(depth), self.condition(depth), self.condition(depth))

    def equal(self, depth, guards):
        type_ = self.any_type()
        other = self.any_type() if self.draw.often(self.wrong) else type_
        return ("binary", self.draw.choice(("==", "!=")), self.make(type_, depth, guards), self.make(other, depth, guards))

    def order(self, depth, guards):
        kind = self.draw.choice(ORDERED)
        type_ = ("Long",) if kind == "Long" else ("Extension", kind)
        return ("binary", self.draw.choice(("<", "<=", ">", ">=")), self.make(type_, depth, guards), self.make(type_, depth, guards))

    def entity_type(self):
        if self.paths and self.draw.often(0.85):
            return self.draw.choice([path[1] for path in self.paths if path[1][0] == "Entity"])
        return ("Entity", self.draw.choice(sorted(self.schema.types)))

    def member(self, depth, guards):
        draw, type_ = self.draw, self.entity_type()
        above = sorted(self.schema.ancestors(type_[1])) + [type_[1]]
        over = ("Entity", draw.choice(above if draw.often(0.9) else sorted(self.schema.types)))
        left = self.make(type_, depth, guards)
        if over[1] == type_[1] and type_[1] not in self.schema.types:  # an action
            actions = [("value", ("entity",) + action.uid) for action in self.schema.actions]
            return ("binary", "in", left, draw.choice(actions) if draw.often(0.5) else ("set", draw.some(actions, 1, 2)))
        if draw.often(0.4):
            return ("binary", "in", left, ("set", [self.make(over, depth - 1, guards) for _ in range(draw.randint(1, 3))]))
        return ("binary", "in", left, self.make(over, depth, guards))

    def has(self, depth, guards):
        draw = self.draw
        base = draw.choice(self.paths) if self.paths else (("var", "principal"), ("Entity", "X"), [])
        guards += base[2]
        names = sorted(self.attributes_of(base[1]))
        name = draw.choice(names) if names and draw.often(0.8) else draw.choice(ATTRIBUTES)
        chain = [name]
        if draw.often(0.2):
            chain.append(draw.choice(ATTRIBUTES))
        return ("has", base[0], chain)

    def like(self, depth, guards):
        pieces = [self.draw.choice((None, None, self.draw.string(), "a", "b", "\u00e9")) for _ in range(self.draw.randint(0, 4))]
        return ("like", self.make(("String",), depth, guards), pieces)

    def is_(self, depth, guards):
        draw, type_ = self.draw, self.entity_type()
        within = self.make(self.entity_type(), depth, guards) if draw.often(0.3) else None
        name = type_[1] if draw.often(0.6) else draw.choice(sorted(self.schema.types))
        return ("is", self.make(type_, depth, guards), name, within)

    def contains(self, depth, guards):
        draw = self.draw
        sets = [path[1] for path in self.paths if path[1][0] == "Set"]
        type_ = draw.choice(sets) if sets and draw.often(0.8) else ("Set", self.any_type())
        left = self.make(type_, depth, guards)
        if draw.often(0.15):
            return ("method", "isEmpty", [left])
        if draw.often(0.5):
            return ("method", "contains", [left, self.make(type_[1], depth, guards)])
        return ("method", draw.choice(("containsAll", "containsAny")), [left, self.make(type_, depth, guards)])

    def test(self, depth, guards):
        """The methods of ipaddr and decimal, and hasTag."""
        draw = self.draw
        ip, decimal = ("Extension", "ipaddr"), ("Extension", "decimal")
        kind = draw.randint(0, 3)
        if kind == 0:
            method = draw.choice(("isIpv4", "isIpv6", "isLoopback", "isMulticast"))
            return ("method", method, [self.make(ip, depth, guards)])
        if kind == 1:
            return ("method", "isInRange", [self.make(ip, depth, guards), self.make(ip, depth, guards)])
        if kind == 2:
            method = draw.choice(("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"))
            return ("method", method, [self.make(decimal, depth, guards), self.make(decimal, depth, guards)])
        return ("method", "hasTag", [self.make(self.entity_type(), depth, guards), self.make(("String",), depth, guards)])


def entity_tree(draw, schema, name):
    return ("value", make_uid(draw, schema, name))
