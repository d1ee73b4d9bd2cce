"""Values of a type: what they are, and their spellings in JSON and in Cedar.

A value is ("bool", b) ("long", n) ("string", s) ("entity", type, id) ("set", [..]) ("record", {..}) ("extension", function, text).
"""

from .draw import EXTENSIONS, IDS
from .schemas import base_of


def make_uid(draw, schema, type_name):
    """An entity of this type: one of few, so that requests, parents and policies meet."""
    entity = schema.types.get(type_name)
    if entity is not None and entity.ids is not None:
        return ("entity", type_name, draw.choice(entity.ids))
    return ("entity", type_name, draw.choice(IDS[:3] if draw.often(0.9) else IDS))


def make_value(draw, schema, type_, wrong=0.0):
    type_ = base_of(type_)
    kind = type_[0]
    if kind == "Bool":
        return ("bool", draw.often(0.5))
    if kind == "Long":
        return ("long", draw.integer())
    if kind == "String":
        return ("string", draw.string())
    if kind == "Set":
        return ("set", [make_value(draw, schema, type_[1], wrong) for _ in range(draw.randint(0, 3))])
    if kind == "Record":
        return ("record", make_record(draw, schema, type_[1], wrong))
    if kind == "Entity":
        return make_uid(draw, schema, type_[1])
    return ("extension", EXTENSIONS[type_[1]][0], draw.extension_text(type_[1], wrong))


def make_record(draw, schema, attributes, wrong=0.0):
    return {name: make_value(draw, schema, type_, wrong) for name, (type_, required) in attributes.items()
            if required or draw.often(0.6)}


class ValueJson:
    """`typed`: the reader knows the types from a schema, so that the short forms may be used."""

    def __init__(self, draw, typed):
        self.draw, self.typed = draw, typed

    def value(self, value):
        kind = value[0]
        if kind in ("bool", "long", "string"):
            return value[1]
        if kind == "set":
            return [self.value(one) for one in value[1]]
        if kind == "record":
            return {name: self.value(one) for name, one in value[1].items()}
        if kind == "entity":
            return self.uid(value) if self.typed and self.draw.often(0.4) else {"__entity": self.bare(value)}
        return self.extension(value[1], value[2])

    def extension(self, function, text):
        if function == "duration" and self.draw.often(0.05):
            epoch = {"__extn": {"fn": "datetime", "arg": "1970-01-01"}}
            return {"__extn": {"fn": "durationSince", "args": [{"__extn": {"fn": "offset", "args": [epoch, {"__extn": {"fn": function, "arg": text}}]}},
                                                              epoch]}}
        if self.typed and self.draw.often(0.3):
            return text
        call = {"fn": function, "arg": text}
        if self.draw.often(0.05):
            call = {"fn": function, "args": [text]}
        return call if self.typed and self.draw.often(0.2) else {"__extn": call}

    @staticmethod
    def bare(uid):
        return {"type": uid[1], "id": uid[2]}

    def uid(self, uid):
        """Where only an entity can stand: of uids and parents."""
        return {"__entity": self.bare(uid)} if self.draw.often(0.3) else self.bare(uid)
