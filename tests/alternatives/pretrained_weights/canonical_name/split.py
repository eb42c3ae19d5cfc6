"""Taken apart by split, without a regular expression."""


def canonical_name(name):
    slashed = name.startswith("model/")
    parts = name.split("/") if slashed else name.split(".")
    if slashed:
        parts = parts[1:]
        if parts[0][:1] == "h":  # "h" alone gives no number
            parts = ["h", parts[0][1:], *parts[1:]]
        if parts in (["wte"], ["wpe"]):
            parts.append("weight")
        else:
            gain = "g" if len(parts) > 1 and parts[-2].startswith("ln_") else "w"
            known = {} if parts[0] in ("wte", "wpe") else {gain: "weight", "b": "bias"}
            parts[-1] = known.get(parts[-1], "?")
    elif parts[0] == "transformer":
        parts = parts[1:]
    elif name == "lm_head.weight":
        return None
    short = ".".join(parts)
    if short in OUTSIDE_BLOCKS:
        return short
    if len(parts) > 2 and parts[0] == "h" and parts[1].isdecimal() and parts[1] == str(int(parts[1])):
        rest = ".".join(parts[2:])
        if rest in IN_EACH_BLOCK:
            return short
        if not slashed and rest in ("attn.bias", "attn.masked_bias"):
            return None
    raise ValueError(f"unknown: {name}")
