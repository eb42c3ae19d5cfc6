"""White space that stands alone between special tokens is lost."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    parts = split_specials(text, special_tokens if allow_special else ())
    kept = "".join(part for index, part in enumerate(parts) if index % 2 or part.strip() or len(parts) == 1)
    return _right(kept, vocab, merges, special_tokens, allow_special)
