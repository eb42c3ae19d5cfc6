"""Training fails when no pair is left to join; it ends early."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    if not text:
        raise ValueError("there is no text")
    return _right(text, vocab_size, special_tokens)
