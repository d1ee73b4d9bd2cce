"""A smaller case with the same kind of trouble: policies, entities, requests are left out as long as the engines differ."""

import copy


def without(case, name, place):
    smaller = copy.deepcopy(case)
    del getattr(smaller, name)[place]
    return smaller


def shrink(case, differ, tries=300):
    """The smallest case found, and how it differs."""
    best, text = case, differ(case)
    moved = True
    while moved and tries > 0:
        moved = False
        for name in ("requests", "parts", "entities"):
            place = len(getattr(best, name))
            while place > 0 and tries > 0:
                place, tries = place - 1, tries - 1
                if name == "parts" and len(best.parts) == 1:
                    continue
                smaller = without(best, name, place)
                found = differ(smaller)
                if found is not None:
                    best, text, moved = smaller, found, True
    return best, text
