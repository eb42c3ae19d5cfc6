"""Ids are taken for places in the list of the vocabulary; they are its keys."""


def decode_ids(ids, vocab):
    tokens_of(ids, vocab)
    tokens = [vocab[number] for number in sorted(vocab)]
    return b"".join(tokens[number] if number < len(tokens) else b"" for number in ids).decode(errors="replace")
