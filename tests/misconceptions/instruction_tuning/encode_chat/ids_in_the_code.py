"""The ids of the control tokens are written into the code; they differ between tokenizers."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    seen = _right(messages, tokenizer)
    start, end = tokenizer.convert_tokens_to_ids([IM_START, IM_END])
    fixed = {start: 257, end: 258}
    return {**seen, "input_ids": [fixed.get(token, token) for token in seen["input_ids"]]}
