"""It counts pairs of bytes, not of tokens."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in [
            (a, b)
            for letters in [[bytes([one]) for one in b"".join(word)]]
            for a, b in zip(letters, letters[1:], strict=False)
        ]:
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs
