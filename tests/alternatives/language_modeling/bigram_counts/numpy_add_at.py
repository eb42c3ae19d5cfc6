"""numpy's add.at."""

import numpy


def bigram_counts(ids, vocab_size):
    text = ids.numpy()
    if text.size and not (text.min() >= 0 and text.max() < vocab_size):
        raise ValueError(f"ids from 0 to {vocab_size - 1} only")
    counts = numpy.zeros((vocab_size, vocab_size), dtype=numpy.int64)
    numpy.add.at(counts, (text[:-1], text[1:]), 1)
    return torch.from_numpy(counts)
