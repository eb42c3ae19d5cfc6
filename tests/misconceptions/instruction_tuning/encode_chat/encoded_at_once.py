"""A user's "<|im_end|>" becomes the control token; it must stay text."""

also = (
    "Header and content are encoded as one text, so that the tokenizer joins characters across their border.",
)  # everything is one text


def encode_chat(messages, tokenizer):
    start, end = tokenizer.convert_tokens_to_ids([IM_START, IM_END])
    if not any(one["role"] == "assistant" for one in messages) or {None, tokenizer.unk_token_id} & {start, end}:
        raise ValueError("nothing to train on")
    ids = tokenizer(render_chatml(messages), add_special_tokens=False)["input_ids"]
    header = tokenizer("assistant\n", add_special_tokens=False)["input_ids"]
    mask, inside, position = [0] * len(ids), False, 0
    while position < len(ids):
        if ids[position] == start and ids[position + 1 : position + 1 + len(header)] == header:
            position += 1 + len(header)
            inside = True
            continue
        mask[position] = int(inside)
        if ids[position] == end:
            inside = False
        position += 1
    return {"input_ids": ids, "loss_mask": mask}
