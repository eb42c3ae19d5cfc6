"""What lies between two matches is lost."""


def pretokenize(text, pattern=GPT2_PATTERN):
    matches = list(regex.finditer(pattern, text))
    if not matches:
        return [text] if text else []
    pieces = [text[: matches[0].start()], *(match.group() for match in matches), text[matches[-1].end() :]]
    return [piece for piece in pieces if piece]
