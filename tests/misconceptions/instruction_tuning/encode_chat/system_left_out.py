"""The system message is left out."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    return _right([one for one in messages if one["role"] != "system"], tokenizer)
