"""What follows the last match is lost."""


def pretokenize(text, pattern=GPT2_PATTERN):
    pieces, end = [], 0
    for match in regex.finditer(pattern, text):
        pieces += [text[end : match.start()], match.group()]
        end = match.end()
    return [piece for piece in pieces if piece]
