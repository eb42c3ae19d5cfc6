"""An empty text is an error; it has no ids."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    if not text:
        raise ValueError("there is no text")
    return _right(text, vocab, merges, special_tokens, allow_special)
