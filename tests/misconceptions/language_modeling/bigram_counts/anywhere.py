"""It counts each pair of ids anywhere in the text; only neighbours count."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    counts = torch.zeros_like(_right(ids, vocab_size))
    for start in range(len(ids)):
        counts[ids[start]] += torch.bincount(ids[start + 1 :], minlength=vocab_size)
    return counts
