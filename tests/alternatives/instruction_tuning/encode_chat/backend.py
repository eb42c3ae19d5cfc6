"""Plain text goes through the tokenizer"s pieces (tokenize), which knows no special tokens when told so."""


def encode_chat(messages, tokenizer):
    start, end = (tokenizer.get_vocab().get(token) for token in (IM_START, IM_END))
    if start is None or end is None or not any(message["role"] == "assistant" for message in messages):
        raise ValueError("the chat tokens or a reply are missing")
    result = {"input_ids": [], "loss_mask": []}

    def put(ids, flag):
        result["input_ids"].extend(ids)
        result["loss_mask"].extend([flag] * len(ids))

    def text_ids(text):
        return tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text, split_special_tokens=True))

    for message in messages:
        if message["role"] not in ("system", "user", "assistant"):
            raise ValueError(message["role"])
        put([start] + text_ids(message["role"] + "\n"), 0)
        put(text_ids(message["content"]) + [end], 1 if message["role"] == "assistant" else 0)
        put(text_ids("\n"), 0)
    return result
