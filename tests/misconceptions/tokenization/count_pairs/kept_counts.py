"""What an earlier call left behind is still used."""

PAIRS = Counter()


def count_pairs(words):
    for word, count in words.items():
        for pair in zip(word, word[1:], strict=False):
            PAIRS[pair] += count
    return dict(PAIRS)
