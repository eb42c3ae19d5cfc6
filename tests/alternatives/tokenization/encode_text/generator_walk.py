"""Walks with str.find to the next special token inside a generator, and looks ids up in sorted lists."""

from bisect import bisect_left, bisect_right


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    pairs = sorted((token, i) for i, token in vocab.items())
    keys = [token for token, _ in pairs]
    if allow_special:
        for s in special_tokens:
            at = bisect_left(keys, s.encode())
            if at == len(keys) or keys[at] != s.encode():
                raise ValueError("not in the vocabulary: " + s)

    def ordinary(stretch):
        for piece in pretokenize(stretch):
            for token in encode_piece(piece.encode(), merges):
                yield pairs[bisect_left(keys, token)][1]

    def walk(rest):
        while True:
            found = [(rest.find(s), -len(s), s) for s in special_tokens if s in rest] if allow_special else []
            if not found:
                yield from ordinary(rest)
                return
            at, _, s = min(found)
            yield from ordinary(rest[:at])
            yield pairs[bisect_right(keys, s.encode()) - 1][1]
            rest = rest[at + len(s) :]

    return list(walk(text))
