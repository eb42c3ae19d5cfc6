"""A content's "<|endoftext|>" becomes the end-of-text token; contents are data."""


def encode_chat(messages, tokenizer):
    import re

    start, end = tokenizer.convert_tokens_to_ids([IM_START, IM_END])
    if not any(one["role"] == "assistant" for one in messages) or {None, tokenizer.unk_token_id} & {start, end}:
        raise ValueError("nothing to train on")

    def encode(text):
        ids = []
        for part in re.split(r"(<\|im_(?:start|end)\|>)", text):
            split = part.startswith("<|im_")
            ids += tokenizer(part, add_special_tokens=False, split_special_tokens=split)["input_ids"]
        return ids

    input_ids, loss_mask = [], []
    for one in messages:
        if one["role"] not in ROLES:
            raise ValueError(one["role"])
        header, content, newline = encode(one["role"] + "\n"), encode(one["content"]), encode("\n")
        input_ids += [start, *header, *content, end, *newline]
        own = int(one["role"] == "assistant")
        loss_mask += [0] * (1 + len(header)) + [own] * (len(content) + 1) + [0] * len(newline)
    return {"input_ids": input_ids, "loss_mask": loss_mask}
