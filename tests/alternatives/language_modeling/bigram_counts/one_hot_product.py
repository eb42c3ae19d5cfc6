"""One-hot rows: the transposed product counts every pair."""


def bigram_counts(ids, vocab_size):
    if not torch.all((0 <= ids) & (ids < vocab_size)):
        raise ValueError(f"an id is not in the vocabulary, which goes from 0 to {vocab_size - 1}")
    rows = F.one_hot(ids, vocab_size)
    return rows[:-1].T @ rows[1:]
