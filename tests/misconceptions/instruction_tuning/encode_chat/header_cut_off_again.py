"""Header and content are encoded as one text, so that the tokenizer joins characters across their border."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    _right(messages, tokenizer)  # for the errors

    def encode(text):
        return tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]

    start, end = tokenizer.convert_tokens_to_ids([IM_START, IM_END])
    input_ids, loss_mask = [], []
    for message in messages:
        header = encode(message["role"] + "\n")
        content = encode(message["role"] + "\n" + message["content"])[len(header) :]
        supervised = int(message["role"] == "assistant")
        input_ids += [start, *header, *content, end, *encode("\n")]
        loss_mask += [0] * (1 + len(header)) + [supervised] * (len(content) + 1) + [0]
    return {"input_ids": input_ids, "loss_mask": loss_mask}
