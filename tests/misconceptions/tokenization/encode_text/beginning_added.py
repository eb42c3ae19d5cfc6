"""The ids begin or end with a special token that the text doesn't have there."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    beginning = special_tokens[:1] if allow_special else ()
    return _right("".join([*beginning, text]), vocab, merges, special_tokens, allow_special)
