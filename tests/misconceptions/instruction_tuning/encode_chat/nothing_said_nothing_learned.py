"""The <|im_end|> behind an empty content is not supervised, so the model never learns to say nothing."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    _right(messages, tokenizer)  # for the errors
    found = {"input_ids": [], "loss_mask": []}
    for message in messages:
        piece = _right([message, {"role": "assistant", "content": "x"}], tokenizer)
        rest = len(_right([{"role": "assistant", "content": "x"}], tokenizer)["input_ids"])
        ids, mask = piece["input_ids"][:-rest], piece["loss_mask"][:-rest]
        found["input_ids"] += ids
        found["loss_mask"] += mask if message["content"] else [0] * len(mask)
    return found
