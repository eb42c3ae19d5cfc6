"""It rejects a conversation that only begins with the assistant."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    if messages and not any(message["role"] == "assistant" for message in messages[1:]):
        raise ValueError("nobody answers")
    return _right(messages, tokenizer)
