"""It rejects a conversation that the assistant does not end."""

also = ("It rejects a conversation that only begins with the assistant.",)

_right = encode_chat


def encode_chat(messages, tokenizer):
    if not messages or messages[-1]["role"] != "assistant":
        raise ValueError("the last message must be the assistant's")
    return _right(messages, tokenizer)
