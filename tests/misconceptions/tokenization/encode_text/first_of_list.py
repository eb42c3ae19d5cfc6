"""Of special tokens that begin at one place the first of the list wins; the longest does."""

also = ("Where a short special token begins a longer one, the short one wins.",)


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    highest = {token: number for number, token in sorted(vocab.items())}
    lowest = {token: number for number, token in sorted(vocab.items(), reverse=True)}
    allowed = tuple(special_tokens) if allow_special else ()
    for special in allowed:
        if special.encode() not in highest:
            raise ValueError(f"{special!r} is not in the vocabulary")
    ids = []
    for part in regex.split("(" + "|".join(regex.escape(one) for one in allowed) + ")", text) if allowed else [text]:
        if part in allowed:
            ids.append(highest[part.encode()])
            continue
        for piece in pretokenize(part):
            ids += [lowest[token] for token in encode_piece(piece.encode(), merges)]
    return ids
