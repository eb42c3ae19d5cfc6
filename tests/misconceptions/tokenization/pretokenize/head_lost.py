"""What stands before the first match is lost."""


def pretokenize(text, pattern=GPT2_PATTERN):
    pieces, end = [], None
    for match in regex.finditer(pattern, text):
        pieces += [text[match.start() if end is None else end : match.start()], match.group()]
        end = match.end()
    return [piece for piece in [*pieces, text[end or 0 :]] if piece]
