"""It gives empty pieces."""


def pretokenize(text, pattern=GPT2_PATTERN):
    pieces, end = [], 0
    for match in regex.finditer(pattern, text):
        if text[end : match.start()]:
            pieces.append(text[end : match.start()])
        pieces.append(match.group())
        end = match.end()
    return pieces + [text[end:]] * (end < len(text))
