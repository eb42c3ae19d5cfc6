"""Batches are padded with something else than the tokenizer's pad_token_id."""


def _collated(tools, base, tokenizer, conversations):
    encoded = [tools.encode_chat(messages, tokenizer) for messages in conversations]
    size = base.batch_size
    parts = [encoded[start : start + size] for start in range(0, len(encoded), size)]
    return [tools.collate_chats(part, tokenizer.eos_token_id) for part in parts]
