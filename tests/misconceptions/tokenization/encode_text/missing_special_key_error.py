"""A special token that the vocabulary lacks must be a ValueError."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    try:
        return _right(text, vocab, merges, special_tokens, allow_special)
    except ValueError as error:
        raise KeyError(str(error)) from None
