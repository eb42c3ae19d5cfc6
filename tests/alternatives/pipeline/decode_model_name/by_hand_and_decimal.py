"""Characters are walked through by hand instead of re.split; sizes by Decimal; a ModelCard is called."""

import re
from decimal import Decimal


def _words(text):
    words, current = [], ""
    for i, c in enumerate(text):
        letter = i + 1 < len(text) and text[i + 1].isalpha()
        if c in " ,-()[]{}<>" or (c == "." and letter):
            words.append(current)
            current = ""
        else:
            current += c
    return [w for w in (*words, current) if w]


def _number(text):
    return bool(re.fullmatch(r"[0-9]+([.][0-9]+)*", text))


def decode_model_name(name):
    text = name.lower()
    text = text[text.rfind("/") + 1 :]
    if text.endswith(".gguf"):
        text = text[:-5]
    words = _words(re.sub(r"\b(?<![.])([0-9]+)[- ]bit\b", lambda m: m[1] + "bit", text))
    words = words[1:] if words[:1] == ["meta"] else words
    if not words:
        raise ValueError("no word is left of " + repr(name))
    first, *rest = words
    family = first.rstrip("0123456789.")
    version = first[len(family) :].strip(".") or None
    if version is None:
        for w in rest:
            n = w[1:] if w[0] == "v" else w
            if _number(n) and not (len(n) == 4 and n.isdigit()):
                version = n
                break

    def count(text):
        unit = {"b": 10**9, "m": 10**6}.get(text[-1:])
        return int(Decimal(text[:-1]) * unit) if unit and re.fullmatch(r"[0-9]+([.][0-9]+)?", text[:-1]) else None

    sizes, active = [], []
    for w in rest:
        if w.startswith("a") and count(w[1:]) is not None:
            active.append(count(w[1:]))
        elif "x" in w and w.split("x", 1)[0].isdigit() and count(w.split("x", 1)[1]) is not None:
            sizes.append(int(w.split("x", 1)[0]) * count(w.split("x", 1)[1]))
        elif count(w) is not None:
            sizes.append(count(w))

    bag = set(words)
    for stage, marks in (("lora", "lora qlora adapter"), ("alignment", "instruct chat it dpo rlhf"), ("sft", "sft")):  # noqa: B007
        if bag & set(marks.split()):
            break
    else:
        stage = "pretraining"

    widths = []
    for w in words:
        for pattern in (
            "([0-9]+)bit",
            "int([0-9]+)",
            "fp([0-9]+)",
            "b?f([0-9]+)",
            "nf([0-9]+)",
            "w([0-9]+)a[0-9]+",
            "i?q([0-9]+)(_.*)?",
        ):
            if m := re.fullmatch(pattern, w):
                widths.append(int(m.group(1)))
    said = [w for w in words if w in {"gptq", "awq", "gguf", "bnb"}]
    implied = ["bnb" if w == "nf4" else "gguf" for w in words if w == "nf4" or re.fullmatch("i?q[0-9]+(_.*)?", w)]
    method = next(iter(said + implied), None)
    if not widths:
        widths = [{"gptq": 4, "awq": 4}.get(method, None if method else 16)]
    return ModelCard(
        family=family,
        version=version,
        parameters=next(iter(sizes), None),
        active_parameters=next(iter(active), None),
        stage=stage,
        bits=widths[0],
        method=method,
    )
