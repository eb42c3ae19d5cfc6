"""Takes the special tokens one after the other, the longest first."""


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    wanted = {special: special.encode() for special in special_tokens} if allow_special else {}
    if lacking := [special for special, raw in wanted.items() if raw not in set(vocab.values())]:
        raise ValueError(f"not in the vocabulary: {lacking}")
    pattern = regex.compile("|".join(regex.escape(one) for one in sorted(wanted, key=len, reverse=True)) or "(?!)")

    def ordinary(part):
        tokens = [token for piece in pretokenize(part) for token in encode_piece(piece.encode("utf-8"), merges)]
        return [min(number for number, known in vocab.items() if known == token) for token in tokens]

    ids, end = [], 0
    for match in pattern.finditer(text):
        ids += ordinary(text[end : match.start()])
        ids.append(max(number for number, known in vocab.items() if known == wanted[match.group()]))
        end = match.end()
    return ids + ordinary(text[end:])
