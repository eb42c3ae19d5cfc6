"""The mask is found by searching the text for markers, which a user can write too."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    seen = _right(messages, tokenizer)
    text, mask, inside = "", [], False
    for token in seen["input_ids"]:
        mask.append(int(inside))
        text += tokenizer.decode([token])
        if text.endswith("<|im_start|>assistant\n"):
            inside = True
        elif text.endswith("<|im_end|>"):
            inside = False
    return {**seen, "loss_mask": mask}
