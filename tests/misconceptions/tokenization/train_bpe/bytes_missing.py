"""The single bytes are not in the vocabulary."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    vocab, merges = _right(text, vocab_size, special_tokens)
    specials = [special.encode() for special in special_tokens]
    learned = [left + right for left, right in merges]
    return {256 + at: token for at, token in enumerate(learned + specials)}, merges
