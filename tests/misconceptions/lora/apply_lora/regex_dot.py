"""The dot of a target matches any character, as in a regular expression; escape it."""

import re

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    names = []
    for target in targets:
        names += [name for name, _ in model.named_modules() if re.search(rf"(^|\.){target}$", name)] or [target]
    return _right(model, list(dict.fromkeys(names)), r, alpha)
