"""collections.Counter over the pairs."""

from collections import Counter
from itertools import pairwise


def bigram_counts(ids, vocab_size):
    text = ids.tolist()
    if any(not 0 <= one < vocab_size for one in text):
        raise ValueError(f"ids must be in range({vocab_size})")
    counts = torch.zeros(vocab_size, vocab_size, dtype=torch.int64)
    for (first, second), times in Counter(pairwise(text)).items():
        counts[first, second] = times
    return counts
