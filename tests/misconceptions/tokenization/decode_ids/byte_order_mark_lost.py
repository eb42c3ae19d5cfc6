"""A byte order mark at the beginning is lost; it is a character like any other."""


def decode_ids(ids, vocab):
    return b"".join(tokens_of(ids, vocab)).decode("utf-8-sig", errors="replace")
