"""The newline behind <|im_end|> is missing from the ids."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    seen = _right(messages, tokenizer)
    end = tokenizer.convert_tokens_to_ids(IM_END)
    kept = [
        position
        for position in range(len(seen["input_ids"]))
        if position == 0 or seen["input_ids"][position - 1] != end
    ]
    return {name: [values[position] for position in kept] for name, values in seen.items()}
