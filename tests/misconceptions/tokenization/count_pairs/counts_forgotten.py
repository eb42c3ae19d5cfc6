"""It counts each word once, however often the text has it."""


def count_pairs(words):
    pairs = {}
    for word in words:
        for pair in zip(word, word[1:], strict=False):
            pairs[pair] = pairs.get(pair, 0) + 1
    return pairs
