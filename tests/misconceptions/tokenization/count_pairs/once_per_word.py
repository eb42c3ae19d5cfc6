"""A pair counts once per word, even if the word has it twice."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in set(zip(word, word[1:], strict=False)):
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs
