"""Goes through the matches from the last to the first."""


def pretokenize(text: str, pattern: str = GPT2_PATTERN) -> list[str]:
    end, pieces = len(text), []
    for match in reversed(list(regex.compile(pattern).finditer(text))):
        if not match.group():
            continue
        if match.end() < end:
            pieces.append(text[match.end() : end])
        pieces.append(match.group())
        end = match.start()
    if end:
        pieces.append(text[:end])
    return pieces[::-1]
