"""All examples are put into one batch."""


def _collated(tools: Any, base: Base, tokenizer: Any, conversations: Iterable[Conversation]) -> list[dict[str, Any]]:
    encoded = [tools.encode_chat(messages, tokenizer) for messages in conversations]
    size = len(encoded)
    parts = [encoded[start : start + size] for start in range(0, len(encoded), size)]
    return [tools.collate_chats(part, tokenizer.pad_token_id) for part in parts]
