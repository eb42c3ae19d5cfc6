"""A table of patterns and setters that is folded over the words, each key set by the first word that matches."""

import re
from decimal import Decimal

_UNITS = {"b": 9, "m": 6}


def _count(number, unit, experts=1):
    return int(Decimal(number).scaleb(_UNITS[unit])) * int(experts)


_PATTERNS = [
    (re.compile(r"(?!\d{4}$)v?\d+(?:\.\d+)*"), lambda m: {"version": m[0].lstrip("v")}),
    (re.compile(r"(\d+(?:\.\d+)?)([bm])"), lambda m: {"parameters": _count(m[1], m[2])}),
    (re.compile(r"(\d+)x(\d+(?:\.\d+)?)([bm])"), lambda m: {"parameters": _count(m[2], m[3], m[1])}),
    (re.compile(r"a(\d+(?:\.\d+)?)([bm])"), lambda m: {"active_parameters": _count(m[1], m[2])}),
    (re.compile(r"gptq|awq|gguf|bnb"), lambda m: {"method": m[0]}),
    (re.compile(r"(\d+)bit"), lambda m: {"bits": int(m[1])}),
    (re.compile(r"(?:int|fp|bf|f|nf)(\d+)"), lambda m: {"bits": int(m[1])}),
    (re.compile(r"w(\d+)a\d+"), lambda m: {"bits": int(m[1])}),
    (re.compile(r"i?q(\d+)_\w+"), lambda m: {"bits": int(m[1]), "implied": "gguf"}),
    (re.compile(r"nf4"), lambda m: {"implied": "bnb"}),
    (re.compile(r"sft"), lambda m: {"sft": True}),
    (re.compile(r"instruct|chat|it|dpo|rlhf"), lambda m: {"alignment": True}),
    (re.compile(r"q?lora|adapter"), lambda m: {"lora": True}),
]


def decode_model_name(name):
    *_, last = name.lower().split("/")
    last = re.sub(r"\.gguf$", "", last)
    last = re.sub(r"\b(\d+)[ -]bit\b", r"\1bit", last)
    words = list(filter(None, re.split(r"[-\s,()\[\]{}]|\.(?=[^\W\d_])", last)))
    if words and words[0] == "meta":
        words.pop(0)
    if not words:
        raise ValueError(f"{name!r} has no word that could be a family")
    found = {}
    head = re.match(r"(.*?)([\d.]*)$", words[0])
    if head[2]:
        found["version"] = head[2]
    for word in words[1:]:
        for pattern, says in _PATTERNS:
            hit = pattern.fullmatch(word)
            if hit:
                found = {**says(hit), **found}
    method = found.get("method", found.get("implied"))
    default = {"gptq": 4, "awq": 4}.get(method) if method else 16
    stage = next((s for s in ("lora", "alignment", "sft") if s in found), "pretraining")
    return ModelCard(
        family=head[1],
        version=found.get("version"),
        parameters=found.get("parameters"),
        active_parameters=found.get("active_parameters"),
        stage=stage,
        bits=found.get("bits", default),
        method=method,
    )
