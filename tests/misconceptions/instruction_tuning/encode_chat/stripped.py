"""Contents are stripped; they go in as they are."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    return _right([{**one, "content": one["content"].strip()} for one in messages], tokenizer)
