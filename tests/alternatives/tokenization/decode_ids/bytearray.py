"""Fills a bytearray."""


def decode_ids(ids, vocab):
    raw = bytearray()
    for number in ids:
        try:
            raw.extend(vocab[number])
        except KeyError:
            raise ValueError(f"unknown id: {number}") from None
    return str(raw, "utf-8", "replace")
