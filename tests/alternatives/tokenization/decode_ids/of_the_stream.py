"""Joins what the stream shows."""


def decode_ids(ids, vocab):
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    if unknown := set(ids) - vocab.keys():
        raise ValueError(f"unknown ids: {sorted(unknown)}")
    return "".join(map(decoder.decode, (vocab[number] for number in ids))) + decoder.decode(b"", True)
