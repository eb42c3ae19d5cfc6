"""An id that the vocabulary lacks must be a ValueError."""


def decode_ids(ids, vocab):
    return b"".join(vocab[number] for number in ids).decode(errors="replace")
