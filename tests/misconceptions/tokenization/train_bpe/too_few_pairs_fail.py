"""Training fails when no pair is left to join; it ends early."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    if len(vocab) < vocab_size:
        raise ValueError(f"only {len(vocab)} tokens could be made of the text")
    return vocab, merges
