"""A table of all spellings of a block's names, and of the others."""

_KINDS = {"weight": "w", "bias": "b"}


def canonical_name(name):
    outside = {}
    for short in OUTSIDE_BLOCKS:
        part, kind = short.split(".")
        theirs = part if part != "ln_f" else "ln_f/" + ("g" if kind == "weight" else "b")
        outside |= {short: short, "transformer." + short: short, "model/" + theirs: short}
    if name in outside:
        return outside[name]
    if name == "lm_head.weight":
        return None
    found = re.fullmatch(r"(?:transformer\.)?h\.(0|[1-9][0-9]*)\.(.+)", name)
    if found and found[2] in ("attn.bias", "attn.masked_bias"):
        return None
    if found and found[2] in IN_EACH_BLOCK:
        return f"h.{found[1]}.{found[2]}"
    found = re.fullmatch(r"model/h(0|[1-9][0-9]*)/(.+)", name)
    if found:
        for one in IN_EACH_BLOCK:
            *path, kind = one.split(".")
            end = "g" if path[0].startswith("ln_") and kind == "weight" else _KINDS[kind]
            if found[2] == "/".join([*path, end]):
                return f"h.{found[1]}.{one}"
    raise ValueError(f"unknown: {name}")
