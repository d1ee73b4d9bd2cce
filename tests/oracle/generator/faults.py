"""One fault in a text that was right: of tokens in Cedar's texts, of structure or spelling in JSON. What comes of it is the oracle's to say."""

import copy
import json

WORDS = ("permit", "forbid", "when", "unless", "principal", "action", "resource", "context", "if", "then", "else", "in", "is", "has", "like",
         "true", "entity", "type", "tags", "enum", "namespace", "appliesTo", "Set", "Long", "x", "__cedar", "?principal", "?resource")
MARKS = ("(", ")", "{", "}", "[", "]", ",", ";", ":", "::", ".", "==", "=", "!=", "<", ">=", "&&", "||", "!", "-", "+", "*", "/", "%", "@", "&", "'",
         '"', '"a"', "0", "9223372036854775808", "18446744073709551616", "\\", "\r", "\ufeff", "\u200b", "// x", "1.0")
VALUES = (None, True, 0, "", "x", [], {}, {"type": "User", "id": "x"}, {"__entity": {"type": "User", "id": "x"}}, {"__entity": "User::\"x\""},
          {"__extn": {"fn": "ip", "arg": "10.0.0.1"}}, {"__extn": {"fn": "nope", "arg": "1"}}, {"__expr": "1"}, {"__extn": {"fn": "decimal", "arg": "1"}},
          {"Value": 1}, {"Var": "principal"}, {"Slot": "?principal"}, {"slot": "?principal"}, {"op": "All"}, "All", "Long", {"type": "Long"},
          2**63, -2**63 - 1, 1.5, -0.0, {"fn": "ip", "arg": "::1"}, {"type": "Action", "id": "view"}, {"__extn": {"fn": "offset", "args": []}})


def spoil_tokens(draw, text):
    """Cedar text with one token too many, too few, twice, or another."""
    pieces, word = [], ""
    for char in text:
        if char.isalnum() or char in "_\"":
            word += char
        else:
            pieces += ([word] if word else []) + [char]
            word = ""
    pieces += [word] if word else []
    if not pieces:
        return draw.choice(MARKS)
    place, kind = draw.randrange(len(pieces)), draw.randint(0, 4)
    if kind == 0:
        del pieces[place]
    elif kind == 1:
        pieces.insert(place, pieces[place])
    elif kind == 2:
        pieces.insert(place, draw.choice(WORDS + MARKS))
    elif kind == 3:
        pieces[place] = draw.choice(WORDS + MARKS)
    else:
        other = draw.randrange(len(pieces))
        pieces[place], pieces[other] = pieces[other], pieces[place]
    return "".join(pieces)


def places_in(value, found, path=()):
    found.append(path)
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        places_in(inner, found, path + (key,))
    return found


def spoil_structure(draw, value):
    """JSON with one value gone, doubled, another, or with a member more."""
    value = copy.deepcopy(value)
    path = draw.choice(places_in(value, []))
    if not path:
        return draw.choice(VALUES)
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    key, kind = path[-1], draw.randint(0, 3)
    if kind == 0:
        del holder[key]
    elif kind == 1:
        holder[key] = copy.deepcopy(draw.choice(VALUES))
    elif kind == 2 and isinstance(holder, dict):
        holder[draw.choice(("extra", "id", "type", "entity", "attrs", "annotations", "in", "if", "__entity", "required"))] = draw.choice(VALUES)
    elif isinstance(holder, dict):
        holder[draw.choice(("x", "uid", "tags", "Sum", key.upper() if isinstance(key, str) else "k"))] = holder.pop(key)
    else:
        holder.insert(key, copy.deepcopy(holder[key]))
    return value


def spoil_spelling(draw, raw):
    """JSON text in which one thing is spelled as JSON, or Cedar, does not have it."""
    kind = draw.randint(0, 6)
    if kind == 0 and "{" in raw:  # a member twice
        start = raw.index("{") + 1
        return raw[:start] + '"attrs":{},"attrs":{}' + (", " if raw[start:].strip()[:1] != "}" else "") + raw[start:]
    if kind == 1:
        return raw + draw.choice((",", "]", "}", " x", "\0", "/**/"))
    if kind == 2:
        return "\ufeff" + raw
    if kind == 3 and '"' in raw:
        start = raw.index('"') + 1
        return raw[:start] + draw.choice(("\\ud800", "\\udc00\\ud800", "\\x41", "\\u00e", "\n", "\\u0000", "\\ud83d\\ude00", "\\/")) + raw[start:]
    if kind == 4:
        return raw[:draw.randrange(len(raw) + 1)]
    digits = [place for place, char in enumerate(raw) if char.isdigit()]
    if digits:
        place = draw.choice(digits)
        return raw[:place] + draw.choice(("1.0", "-0", "1e2", "01", "9223372036854775808", "-9223372036854775808", "1E0", "0")) + raw[place + 1:]
    return draw.choice(("", "null", "[", "-", "nul", "[1,]", "{\"a\":1,}", "'a'", "1"))


def spoil_raw(draw, raw, spelling=0.35):
    """A raw JSON part: by structure, by spelling, or, of a string, by Cedar's tokens."""
    value = json.loads(raw)
    if isinstance(value, str):
        return json.dumps(spoil_tokens(draw, value))
    if not draw.often(spelling):
        return json.dumps(spoil_structure(draw, value))
    return spoil_spelling(draw, raw)
