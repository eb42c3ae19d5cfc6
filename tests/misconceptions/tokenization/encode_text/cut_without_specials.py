"""Where no special tokens are given, the text is cut between all its letters."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    if allow_special and not special_tokens:
        return [number for letter in text for number in _right(letter, vocab, merges)]
    return _right(text, vocab, merges, special_tokens, allow_special)
