"""It takes pairs that spell the same for one pair; tokens are compared whole."""


def count_pairs(words):
    pairs, first = {}, {}
    for word, count in words.items():
        for pair in zip(word, word[1:], strict=False):
            pair = first.setdefault(pair[0] + pair[1], pair)
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs
