"""Random choices that lean towards trouble: few names, so that things meet; odd strings; numbers at the edges."""

import random

ATTRIBUTES = ("name", "age", "owner", "tags", "level", "since", "parts", "if", "a b", "type", "id", "", "\u00e9", "principal")
CONTEXT = ("now", "ip", "mfa", "via", "limits", "in", "x y", "token")
TYPES = ("User", "Group", "Doc", "Folder", "Team", "Role")
SHADOWS = ("Long", "Bool", "String", "ipaddr", "decimal", "datetime", "permit", "principal", "entity", "type", "Set", "Record")
COMMON = ("Size", "Place", "Pair")
ACTIONS = ("view", "edit", "delete", "any", "a \"b\"", "")
IDS = ("alice", "bob", "x", "", "a b", "\u00e9", "\"q\"", "*", "\0", "back\\slash")
STRINGS = ("", "a", "alice", "ab", "a*b", "*", "\u00e9t\u00e9", "x\ny", "\0", "\"", "\\", "\U0001f600", "10.0.0.1", "owner", "name", "'", "\u2028")
ODD_STRINGS = ("p\u0430ypal", "\u202eabc", "\u200bx", "a\ufeff")
EDGES = (0, 1, -1, 2, 3, 7, 10, 100, 2**31, 2**53 + 1, 2**62, 2**63 - 1, -2**63, -2**63 + 1)
# Constructor, good texts, texts that only an evaluation refuses.
EXTENSIONS = {
    "decimal": ("decimal", ("0.0", "1.5", "-0.5", "1.50", "100.1234", "922337203685477.5807", "-922337203685477.5808", "-0.0", "007.0"),
                ("1", "1.", ".5", "1.12345", "+1.0", "922337203685477.5808", "1.0 ", "")),
    "ipaddr": ("ip", ("10.0.0.1", "10.0.0.1/24", "10.0.0.0/8", "127.0.0.1", "224.0.0.1", "::1", "ff00::/8", "::ffff:a00:1", "fe80::1/64", "0.0.0.0/0"),
               ("10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/33", "10.0.0.1/024", "::/129", "1:2", "::ffff:10.0.0.1", "10.0.0.1 ")),
    "datetime": ("datetime", ("1970-01-01", "2024-02-29", "2024-02-29T12:30:00Z", "2024-02-29T12:30:00.500Z", "1969-12-31T23:59:59.999Z",
                              "2024-02-29T00:30:00+0100", "0000-01-01T00:00:00+2359", "9999-12-31T23:59:59-2359"),
                 ("2023-02-29", "2024-1-01", "2024-01-01T00:00:00", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z", "2024-01-01t00:00:00z",
                  "2024-01-01T00:00:00+01:00", "2024-01-01T00:00:00.1Z", "12024-01-01")),
    "duration": ("duration", ("0ms", "1h", "1d2h3m4s5ms", "-1h30m", "90m", "86400000ms", "9223372036854775807ms", "-9223372036854775808ms", "1ms", "36h"),
                 ("", "1", "1h1d", "1.5h", "9223372036854775808ms", "106751991168d", "- 1h", "1H", "-")),
}


class Draw(random.Random):
    """One case's source of chance; the same seed draws the same case."""

    def often(self, likelihood):
        return self.random() < likelihood

    def some(self, items, least, most):
        """Several of the items, none twice."""
        items = list(items)
        return self.sample(items, min(len(items), self.randint(least, most)))

    def string(self):
        if self.often(0.02):
            return self.choice(ODD_STRINGS) if self.often(0.5) else self.characters()
        return self.choice(STRINGS)

    def characters(self):
        """Any text: from all planes, now and then with a character that names nothing."""
        return "".join(chr(self.choice((self.randrange(0x80), self.randrange(0xd800), self.randrange(0xe000, 0x110000))))
                       for _ in range(self.randint(1, 4)))

    def integer(self):
        return self.choice(EDGES) if self.often(0.3) else self.randint(-3, 12)

    def extension_text(self, name, wrong=0.0):
        return self.choice(EXTENSIONS[name][2 if self.often(wrong) else 1])
