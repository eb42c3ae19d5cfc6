"""The least vocab_size is an error; it is bytes and special tokens alone."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    if vocab_size <= 256 + len(special_tokens):
        raise ValueError(f"vocab_size={vocab_size}: pass more than {256 + len(special_tokens)}")
    return _right(text, vocab_size, special_tokens)
