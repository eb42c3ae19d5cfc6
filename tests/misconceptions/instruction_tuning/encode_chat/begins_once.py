"""The tokenizer's beginning-of-text token is put in front; nothing is added to the messages."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    seen = _right(messages, tokenizer)
    if tokenizer.bos_token_id is None:
        return seen
    return {"input_ids": [tokenizer.bos_token_id, *seen["input_ids"]], "loss_mask": [0, *seen["loss_mask"]]}
