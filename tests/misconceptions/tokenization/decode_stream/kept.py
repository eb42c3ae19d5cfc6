"""What an earlier call left behind is still used."""

DECODER = codecs.getincrementaldecoder("utf-8")(errors="replace")


def decode_stream(ids, vocab):
    tokens = tokens_of(ids, vocab)
    texts = [DECODER.decode(token) for token in tokens]
    if texts and DECODER.getstate()[0]:
        texts[-1] += "\ufffd"
    return texts
