"""TRL"s rule re-implemented: ids grow message by message, and an assistant mask marks what its message added."""


def encode_chat(messages, tokenizer):
    vocabulary = tokenizer.get_vocab()
    if IM_START not in vocabulary or IM_END not in vocabulary:
        raise ValueError("the tokenizer lacks the chat tokens: call add_chat_tokens")
    roles = [message["role"] for message in messages]
    if set(roles) - {"system", "user", "assistant"} or "assistant" not in roles:
        raise ValueError("roles are system, user and assistant, and the assistant must speak")

    def generation_prompt(role):
        header = tokenizer.encode(role + "\n", add_special_tokens=False, split_special_tokens=True)
        return [vocabulary[IM_START]] + header

    def completion(content):
        ids = tokenizer.encode(content, add_special_tokens=False, split_special_tokens=True)
        return ids + [vocabulary[IM_END]]

    ids, assistant_masks = [], []
    for message in messages:
        ids = ids + generation_prompt(message["role"])
        assistant_masks += [0] * (len(ids) - len(assistant_masks))
        ids = ids + completion(message["content"])
        assistant_masks += [1 if message["role"] == "assistant" else 0] * (len(ids) - len(assistant_masks))
        ids = ids + tokenizer.encode("\n", add_special_tokens=False)
        assistant_masks += [0] * (len(ids) - len(assistant_masks))
    return {"input_ids": ids, "loss_mask": assistant_masks}
