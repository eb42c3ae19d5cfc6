"""A generator that looks one token ahead."""


def decode_stream(ids, vocab):
    def texts():
        decoder, waiting = codecs.getincrementaldecoder("utf8")("replace"), None
        for number in ids:
            if number not in vocab:
                raise ValueError(f"no token has the id {number}")
            if waiting is not None:
                yield decoder.decode(waiting)
            waiting = vocab[number]
        if waiting is not None:
            yield decoder.decode(waiting, True)

    return list(texts())
