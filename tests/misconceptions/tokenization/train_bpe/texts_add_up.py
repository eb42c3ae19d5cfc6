"""What an earlier call left behind is still used."""

LAST = [""]
_right = train_bpe


def train_bpe(text, vocab_size, special_tokens=()):
    before, LAST[0] = LAST[0], text
    return _right(f"{before}\n{text}", vocab_size, special_tokens)
