"""It gives the tokens, not their ids."""


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    highest = {token: number for number, token in sorted(vocab.items())}
    allowed = tuple(special_tokens) if allow_special else ()
    for special in allowed:
        if special.encode() not in highest:
            raise ValueError(f"{special!r} is not in the vocabulary")
    ids = []
    for part in split_specials(text, allowed):
        if part in allowed:
            ids.append(highest[part.encode()])
            continue
        for piece in pretokenize(part):
            ids += [token for token in encode_piece(piece.encode(), merges)]
    return ids
