"""Of the ids with the same bytes, the place in the dict decides; the number must."""


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    first = {token: number for number, token in reversed(vocab.items())}
    last = {token: number for number, token in vocab.items()}
    allowed = special_tokens if allow_special else ()
    for special in allowed:
        if special.encode() not in last:
            raise ValueError(f"the special token {special!r} is not in the vocabulary")
    ids = []
    for index, part in enumerate(split_specials(text, allowed)):
        if index % 2:
            ids.append(last[part.encode()])
        else:
            ids += [first[token] for piece in pretokenize(part) for token in encode_piece(piece.encode(), merges)]
    return ids
