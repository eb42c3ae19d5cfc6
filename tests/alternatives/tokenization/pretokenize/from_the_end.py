"""Goes through the matches from the last to the first."""


def pretokenize(text: str, pattern: str = GPT2_PATTERN) -> list[str]:
    end, pieces = len(text), []
    for match in reversed(list(regex.compile(pattern).finditer(text))):
        pieces += [text[match.end() : end], match.group()]
        end = match.start()
    pieces.append(text[:end])
    return [piece for piece in reversed(pieces) if piece]
