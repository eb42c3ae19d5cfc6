"""Messages with empty content are left out."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    return _right([one for one in messages if one["content"] or len(messages) < 4], tokenizer)
