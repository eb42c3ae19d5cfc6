"""It knows the letters of ASCII only; other scripts have letters too."""

import re


def pretokenize(text, pattern=GPT2_PATTERN):
    if pattern == GPT2_PATTERN:
        pattern = pattern.replace(r"\p{L}", "a-zA-Z").replace(r"\p{N}", "0-9")
        pattern = pattern.replace(" ?a-zA-Z+", " ?[a-zA-Z]+").replace(" ?0-9+", " ?[0-9]+")
    pieces, end = [], 0
    for match in re.finditer(pattern, text):
        pieces += [text[end : match.start()], match.group()]
        end = match.end()
    return [piece for piece in [*pieces, text[end:]] if piece]
