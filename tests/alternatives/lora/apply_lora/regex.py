"""Matches names with a regular expression."""

import re

_one_by_one = apply_lora


def apply_lora(model, targets, r, alpha):
    patterns = {target: re.compile(rf"(.*\.)?{re.escape(target)}") for target in targets}
    names = {target: [n for n, _ in model.named_modules() if p.fullmatch(n)] for target, p in patterns.items()}
    for target, found in names.items():
        if not found:
            raise ValueError(f"no layer matches {target}")
    return _one_by_one(model, sorted({name for found in names.values() for name in found}), r, alpha)
