"""A space is put before the text."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    return _right(f" {text}" if text else "", vocab, merges, special_tokens, allow_special)
