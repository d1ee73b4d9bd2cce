"""Cedar's and JSON's strings, spelled in every way that the languages allow."""

import json

ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "\0": "\\0", '"': '\\"', "'": "\\'"}


def quote(text, draw=None, star="*"):
    """A Cedar string; with `draw` some characters are escaped that need not be. `star` spells a star."""
    out = []
    for char in text:
        if char == "*":
            out.append(star)
        elif char in '"\\\r\0' or (char in ESCAPES and (draw is None or draw.often(0.5))):
            out.append(ESCAPES[char])
        elif draw is not None and draw.often(0.05):
            out.append("\\u{%x}" % ord(char) if ord(char) > 127 or draw.often(0.5) else "\\x%02x" % ord(char))
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def uid(type_, identifier, draw=None):
    return type_ + "::" + quote(identifier, draw)


def is_json(raw):
    try:
        json.loads(raw)
    except ValueError:
        return False
    return True


def raw_json(value, draw=None):
    """JSON text; with `draw` in one of several layouts."""
    if draw is None or draw.often(0.5):
        return json.dumps(value, ensure_ascii=draw is None or draw.often(0.5))
    return json.dumps(value, indent=draw.choice((None, 1)), separators=draw.choice(((",", ":"), (" , ", " : "))))
