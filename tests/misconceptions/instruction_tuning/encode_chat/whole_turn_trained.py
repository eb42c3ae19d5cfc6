"""The whole assistant turn is supervised, from <|im_start|> to the newline."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    seen = _right(messages, tokenizer)

    def encode(text):
        return tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]

    mask = []
    for one in messages:
        role = one["role"]
        sizes = {
            "start": 1,
            "header": len(encode(role + "\n")),
            "content": len(encode(one["content"])),
            "end": 1,
            "newline": len(encode("\n")),
        }
        for size in sizes.values():
            mask += [int(role == "assistant")] * size
    return {**seen, "loss_mask": mask}
