"""White space at the beginning of the text is lost."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    return _right(text.lstrip(), vocab, merges, special_tokens, allow_special)
