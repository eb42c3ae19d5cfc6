"""A content's control characters become control tokens; contents are data."""

also = ('A user\'s "<|im_end|>" becomes the control token; it must stay text.',)  # a user's content is one of them


def encode_chat(messages, tokenizer):
    start, end = tokenizer.convert_tokens_to_ids([IM_START, IM_END])
    if not any(one["role"] == "assistant" for one in messages) or {None, tokenizer.unk_token_id} & {start, end}:
        raise ValueError("nothing to train on")
    input_ids, loss_mask = [], []
    for one in messages:
        if one["role"] not in ROLES:
            raise ValueError(one["role"])
        header, content, newline = (
            tokenizer(text, add_special_tokens=False)["input_ids"]
            for text in (one["role"] + "\n", one["content"], "\n")
        )
        input_ids += [start, *header, *content, end, *newline]
        own = int(one["role"] == "assistant")
        loss_mask += [0] * (1 + len(header)) + [own] * (len(content) + 1) + [0] * len(newline)
    return {"input_ids": input_ids, "loss_mask": loss_mask}
