"""Special tokens are read as a pattern; `|` in them means 'or'."""


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    highest = {token: number for number, token in sorted(vocab.items())}
    lowest = {token: number for number, token in sorted(vocab.items(), reverse=True)}
    allowed = tuple(special_tokens) if allow_special else ()
    for special in allowed:
        if special.encode() not in highest:
            raise ValueError(f"{special!r} is not in the vocabulary")
    ids = []
    for part in (
        [part or "" for part in regex.split("(" + "|".join(sorted(allowed, key=len, reverse=True)) + ")", text)]
        if allowed
        else [text]
    ):
        if part in allowed:
            ids.append(highest[part.encode()])
            continue
        for piece in pretokenize(part):
            ids += [lowest[token] for token in encode_piece(piece.encode(), merges)]
    return ids
