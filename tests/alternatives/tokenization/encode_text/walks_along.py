"""Walks along the text, looking for a special token at every place."""


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    first, last = {}, {}
    for number in sorted(vocab):
        first.setdefault(vocab[number], number)
        last[vocab[number]] = number
    specials = sorted(special_tokens, key=len) if allow_special else []
    for special in specials:
        if special.encode() not in last:
            raise ValueError(f"there is no {special} in the vocabulary")
    ids, waiting, at = [], "", 0

    def flush():
        for piece in pretokenize(waiting):
            ids.extend(first[token] for token in encode_piece(piece.encode(), merges))

    while at < len(text):
        here = [special for special in specials if text.startswith(special, at)]
        if here:
            flush()
            ids.append(last[here[-1].encode()])
            waiting, at = "", at + len(here[-1])
        else:
            waiting, at = waiting + text[at], at + 1
    flush()
    return ids
