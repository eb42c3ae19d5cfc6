"""A user's "<|im_end|>" becomes the control token; it must stay text."""


def encode_chat(messages, tokenizer):
    start, end = tokenizer.convert_tokens_to_ids([IM_START, IM_END])
    if not any(one["role"] == "assistant" for one in messages) or None in (start, end):
        raise ValueError("nothing to train on")
    ids = tokenizer(render_chatml(messages), add_special_tokens=False)["input_ids"]
    header = tokenizer("assistant\n", add_special_tokens=False)["input_ids"]
    mask, inside, place = [0] * len(ids), False, 0
    while place < len(ids):
        if ids[place] == start and ids[place + 1 : place + 1 + len(header)] == header:
            place += 1 + len(header)
            inside = True
            continue
        mask[place] = int(inside)
        if ids[place] == end:
            inside = False
        place += 1
    return {"input_ids": ids, "loss_mask": mask}
