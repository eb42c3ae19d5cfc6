"""White space that stands alone between special tokens is not learned from."""

_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    parts = split_specials(text, special_tokens)
    kept = "".join(part for index, part in enumerate(parts) if index % 2 or part.strip() or len(parts) == 1)
    return _right(kept, vocab_size, special_tokens)
