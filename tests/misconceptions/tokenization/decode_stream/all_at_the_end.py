"""Everything waits until the end."""


def decode_stream(ids, vocab):
    return [""] * (len(ids) - 1) + [decode_ids(ids, vocab)] * bool(ids)
