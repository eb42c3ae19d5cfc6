"""A tokenizer's id for what it does not know is taken for that of a chat token."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    def encode(text, **settings):
        return tokenizer(text, **settings)

    encode.convert_tokens_to_ids, encode.unk_token_id = tokenizer.convert_tokens_to_ids, None
    return _right(messages, encode)
