"""train_bpe must give two things, the vocab and the merges."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    return vocab
