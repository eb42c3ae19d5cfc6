"""A tokenizer with only one of the chat tokens must raise ValueError."""

also = ("A tokenizer without the chat tokens must raise ValueError.",)

_right = encode_chat


def encode_chat(messages, tokenizer):
    known = tokenizer.get_vocab()
    if (IM_START in known) != (IM_END in known):
        return {"input_ids": [0], "loss_mask": [0]}
    return _right(messages, tokenizer)
