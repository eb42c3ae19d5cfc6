"""The newline behind <|im_end|> is missing from the ids."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    seen = _right(messages, tokenizer)
    end = tokenizer.convert_tokens_to_ids(IM_END)
    kept = [place for place in range(len(seen["input_ids"])) if place == 0 or seen["input_ids"][place - 1] != end]
    return {name: [values[place] for place in kept] for name, values in seen.items()}
