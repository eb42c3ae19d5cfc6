"""Of several widths the first in the name counts."""

_read = _read_word


def _read_word(card, word):
    if _WIDTH.fullmatch(word):
        card["bits"] = None
    _read(card, word)
