"""No special tokens are an error where they are allowed; the text is ordinary then."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    if allow_special and not special_tokens:
        numbers = {token: number for number, token in vocab.items()}
        return [numbers[part.encode()] for part in regex.split("()", text)]
    return _right(text, vocab, merges, special_tokens, allow_special)
