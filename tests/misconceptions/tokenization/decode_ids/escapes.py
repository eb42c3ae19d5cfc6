"""Each byte that is no UTF-8 becomes its escape; it becomes U+FFFD."""


def decode_ids(ids, vocab):
    return b"".join(tokens_of(ids, vocab)).decode(errors="backslashreplace")
