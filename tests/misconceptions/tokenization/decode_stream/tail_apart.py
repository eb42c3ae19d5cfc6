"""What still waits at the end comes as one more text; it belongs to the last."""


def decode_stream(ids, vocab):
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    texts = [decoder.decode(token) for token in tokens_of(ids, vocab)]
    tail = decoder.decode(b"", final=True)
    return texts + [tail] * bool(tail)
