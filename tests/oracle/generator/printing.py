"""Trees to Cedar text, as a list of tokens that layout() joins, and to the JSON policy format."""

from .schemas import is_identifier
from .texts import quote
from .values import ValueJson

LEVELS = {"||": 1, "&&": 2, "+": 4, "-": 4, "*": 5}
RELATION, UNARY, MEMBER = 3, 6, 7
GAPS = (" ", "\n", "\t", "  ", " // a comment\n", "\r\n", "\u00a0", "\u2028")


def layout(draw, tokens):
    """Tokens with white space between them: where it must be, and where it may be."""
    out, wild = [], draw.often(0.15)
    for place, token in enumerate(tokens):
        if place > 0:
            if wild and draw.often(0.3):
                out.append(draw.choice(GAPS))
            elif not (wild and may_touch(tokens[place - 1], token)) or draw.often(0.5):
                out.append(" ")
        out.append(token)
    return "".join(out)


def may_touch(left, right):
    def word(char):
        return char.isalnum() or char in "_\"?"
    if left[-1:] == "/" or right[:1] == "/":
        return False
    return word(left[-1:]) != word(right[:1]) and not (left[-1:] in "<>=!&|:-" and right[:1] in "<>=!&|:-")


class Tokens:
    def __init__(self, draw):
        self.draw = draw

    def list(self, items, ends, comma):
        out = [ends[0]]
        for place, item in enumerate(items):
            out += ([","] if place else []) + item
        return out + ([","] if items and self.draw.often(comma) else []) + [ends[1]]

    def uid(self, value):
        parts = value[1].split("::")
        out = [parts[0]]
        for part in parts[1:]:
            out += ["::", part]
        return out + ["::", quote(value[2], self.draw)]

    def path(self, name):
        return self.uid(("entity", name, ""))[:-2]

    def key(self, name):
        return name if is_identifier(name) and self.draw.often(0.8) else quote(name, self.draw)

    def at(self, tree, level):
        """The tree, in parentheses when it binds less than its place asks for."""
        tokens, own = self.tree(tree)
        if own < level or self.draw.often(0.03):
            return ["("] + tokens + [")"]
        return tokens

    def tree(self, tree):
        """(tokens, level)"""
        return getattr(self, "put_" + tree[0])(*tree[1:])

    def put_value(self, value):
        kind, content = value[0], value[1]
        if kind == "bool":
            return ["true" if content else "false"], 8
        if kind == "long":
            return (["-", str(-content)], UNARY) if content < 0 else (["0" * self.draw.choice((0, 0, 0, 1)) + str(content)], 8)
        if kind == "string":
            return [quote(content, self.draw)], 8
        return self.uid(value), 8

    def put_var(self, name):
        return [name], 8

    def put_unary(self, op, operand):
        if operand[0] == "value" and operand[1][0] == "long":
            return [op, "("] + self.at(operand, 0) + [")"], UNARY
        return [op] + self.at(operand, MEMBER), UNARY

    def put_binary(self, op, left, right):
        level = LEVELS.get(op, RELATION)
        if level == RELATION:
            return self.at(left, 4) + [op] + self.at(right, 4), RELATION
        return self.at(left, level) + [op] + self.at(right, level + 1), level

    def put_if(self, condition, then, otherwise):
        return ["if"] + self.at(condition, 0) + ["then"] + self.at(then, 0) + ["else"] + self.at(otherwise, 0), 0

    def put_attr(self, base, name):
        if is_identifier(name) and self.draw.often(0.85):
            return self.at(base, MEMBER) + [".", name], MEMBER
        return self.at(base, MEMBER) + ["[", quote(name, self.draw), "]"], MEMBER

    def put_has(self, base, names):
        right = [quote(names[0], self.draw)]
        if all(is_identifier(name) for name in names) and self.draw.often(0.9):
            right = [names[0]]
            for name in names[1:]:
                right += [".", name]
        return self.at(base, 4) + ["has"] + right, RELATION

    def put_like(self, base, pieces):
        text = "".join("*" if piece is None else quote(piece, self.draw, "\\*")[1:-1] for piece in pieces)
        return self.at(base, 4) + ["like", '"' + text + '"'], RELATION

    def put_is(self, base, name, within):
        return self.at(base, 4) + ["is"] + self.path(name) + (["in"] + self.at(within, 4) if within else []), RELATION

    def put_set(self, items):
        return self.list([self.at(item, 0) for item in items], "[]", 0.05), 8

    def put_record(self, members):
        return self.list([[self.key(name), ":"] + self.at(one, 0) for name, one in members.items()], "{}", 0.05), 8

    def put_function(self, name, arguments):
        return [name] + self.list([self.at(one, 0) for one in arguments], "()", 0.02), 8

    def put_method(self, name, arguments):
        rest = self.list([self.at(one, 0) for one in arguments[1:]], "()", 0.02)
        return self.at(arguments[0], MEMBER) + [".", name] + rest, MEMBER


class TreeJson:
    """The JSON policy format."""

    def __init__(self, draw):
        self.draw, self.values = draw, ValueJson(draw, False)

    def tree(self, tree):
        return getattr(self, "put_" + tree[0])(*tree[1:])

    def put_value(self, value):
        return {"Value": self.values.value(value)}

    def put_var(self, name):
        return {"Var": name}

    def put_unary(self, op, operand):
        return {"neg" if op == "-" else op: {"arg": self.tree(operand)}}

    def put_binary(self, op, left, right):
        return {op: {"left": self.tree(left), "right": self.tree(right)}}

    def put_if(self, condition, then, otherwise):
        return {"if-then-else": {"if": self.tree(condition), "then": self.tree(then), "else": self.tree(otherwise)}}

    def put_attr(self, base, name):
        return {".": {"left": self.tree(base), "attr": name}}

    def put_has(self, base, names):
        return {"has": {"left": self.tree(base), "attr": names[0] if len(names) == 1 and self.draw.often(0.7) else names}}

    def put_like(self, base, pieces):
        pattern = ["Wildcard" if piece is None else {"Literal": piece} for piece in pieces]
        return {"like": {"left": self.tree(base), "pattern": pattern}}

    def put_is(self, base, name, within):
        out = {"left": self.tree(base), "entity_type": name}
        if within:
            out["in"] = self.tree(within)
        return {"is": out}

    def put_set(self, items):
        return {"Set": [self.tree(one) for one in items]}

    def put_record(self, members):
        return {"Record": {name: self.tree(one) for name, one in members.items()}}

    def put_function(self, name, arguments):
        if len(arguments) == 1 and arguments[0][0] == "value" and self.draw.often(0.2):
            return {"Value": {"__extn": {"fn": name, "arg": self.values.value(arguments[0][1])}}}
        return {name: [self.tree(one) for one in arguments]}

    def put_method(self, name, arguments):
        if name == "isEmpty":
            return {name: {"arg": self.tree(arguments[0])}}
        if name in ("contains", "containsAll", "containsAny", "getTag", "hasTag"):
            return {name: {"left": self.tree(arguments[0]), "right": self.tree(arguments[1])}}
        return {name: [self.tree(one) for one in arguments]}
