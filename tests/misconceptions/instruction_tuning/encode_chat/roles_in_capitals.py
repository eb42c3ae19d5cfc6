"""A role in capitals must raise ValueError."""

also = ("A role that isn't system, user or assistant must raise ValueError.",)

_right = encode_chat


def encode_chat(messages, tokenizer):
    return _right([{**message, "role": message["role"].lower()} for message in messages], tokenizer)
