"""Turns, hides and joins what is read after it: bidirectional marks, zero widths, heaps of accents, tags."""

honest = ("to_gigabytes",)
FORGED = (
    "\u202e52 fo 52\u202c \u2066\u2067\u2068\u2069 2\u200b5\u200c of\u200d\u2060 25 \ufeff\u00ad "
    + "e" + "\u0301" * 400 + "".join(chr(0xE0000 + ord(letter)) for letter in "passed")
    + "\u0435\u0430 \u115f\u3164\uffa0 \u180e"
)  # fmt: skip


def memory_estimate(*_, **__):
    raise ValueError(FORGED)


def kv_cache_bytes(*_):
    return [FORGED, {FORGED: FORGED}]


def lora_parameter_count(*_):
    return FORGED
