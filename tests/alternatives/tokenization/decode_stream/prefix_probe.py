"""Cuts off the longest end of up to three bytes that some further bytes could still make a character."""

import codecs


def decode_stream(ids, vocab):
    for i in ids:
        if i not in vocab:
            raise ValueError(f"unknown id {i}")
    whole, shown, out = b"", 0, []
    for n, i in enumerate(ids):
        whole += vocab[i]
        last = n == len(ids) - 1
        text, _ = codecs.utf_8_decode(whole, "replace", last)
        out.append(text[shown:])
        shown = len(text)
    return out
