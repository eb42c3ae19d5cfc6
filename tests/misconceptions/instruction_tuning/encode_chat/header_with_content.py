"""Header and content are encoded as one text, so that the tokenizer joins characters across their border."""


def encode_chat(messages, tokenizer):
    start, end = tokenizer.convert_tokens_to_ids([IM_START, IM_END])
    if not any(one["role"] == "assistant" for one in messages) or {None, tokenizer.unk_token_id} & {start, end}:
        raise ValueError("nothing to train on")

    def encode(text):
        return tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]

    input_ids, loss_mask = [], []
    for one in messages:
        if one["role"] not in ROLES:
            raise ValueError(one["role"])
        header, both = encode(one["role"] + "\n"), encode(one["role"] + "\n" + one["content"])
        input_ids += [start, *both, end, *encode("\n")]
        own = int(one["role"] == "assistant")
        loss_mask += [0] * (1 + len(header)) + [own] * (len(both) - len(header) + 1) + [0]
    return {"input_ids": input_ids, "loss_mask": loss_mask}
