"""The tokenizer's beginning-of-text token stands before every piece of text."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    seen = _right(messages, tokenizer)
    if tokenizer.bos_token_id is None:
        return seen
    ids, mask = [], []
    for token, one in zip(seen["input_ids"], seen["loss_mask"], strict=False):
        fresh = token == tokenizer.convert_tokens_to_ids(IM_START)
        ids += [tokenizer.bos_token_id, token] if fresh else [token]
        mask += [0, one] if fresh else [one]
    return {"input_ids": ids, "loss_mask": mask}
