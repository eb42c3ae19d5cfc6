"""The error for a special token that the vocabulary lacks does not name it."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    try:
        return _right(text, vocab, merges, special_tokens, allow_special)
    except ValueError:
        raise ValueError("the vocabulary lacks a special token") from None
