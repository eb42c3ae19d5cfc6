"""Every other pair is left out: a token belongs to the pair before it and to the one behind."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    counts = torch.zeros_like(_right(ids, vocab_size))
    for a, b in ids[: len(ids) // 2 * 2].view(-1, 2).tolist():
        counts[a, b] += 1
    return counts
