"""What waited when an earlier call ended in an error is still used."""

DECODER = codecs.getincrementaldecoder("utf-8")(errors="replace")


def decode_stream(ids, vocab):
    texts = []
    for index, number in enumerate(ids, start=1):
        (token,) = tokens_of([number], vocab)
        texts.append(DECODER.decode(token, final=index == len(ids)))
    return texts
