"""Cuts at the borders of all matches."""


def pretokenize(text, pattern=GPT2_PATTERN):
    borders = {0, len(text)}
    for match in regex.finditer(pattern, text):
        borders |= {match.start(), match.end()}
    edges = sorted(borders)
    return [text[start:end] for start, end in zip(edges, edges[1:], strict=False)]
