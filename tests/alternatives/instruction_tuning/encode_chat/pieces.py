"""A list of pieces with their flags first, flattened at the end."""


def encode_chat(messages, tokenizer):
    controls = {token: tokenizer.convert_tokens_to_ids(token) for token in (IM_START, IM_END)}
    if any(value is None or value == tokenizer.unk_token_id for value in controls.values()):
        raise ValueError("call add_chat_tokens first")
    pieces = []
    for message in messages:
        role, trained = message["role"], message["role"] == "assistant"
        if role not in ROLES:
            raise ValueError(f"{role} is no role")
        texts = tokenizer([role + "\n", message["content"], "\n"], add_special_tokens=False, split_special_tokens=True)[
            "input_ids"
        ]
        pieces.append(([controls[IM_START]], False))
        pieces.append((texts[0], False))
        pieces.append((texts[1], trained))
        pieces.append(([controls[IM_END]], trained))
        pieces.append((texts[2], False))
    if not any(trained for _, trained in pieces):
        raise ValueError("the assistant says nothing")
    return {
        "input_ids": [token for ids, _ in pieces for token in ids],
        "loss_mask": [int(trained) for ids, trained in pieces for _ in ids],
    }
