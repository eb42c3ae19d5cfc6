"""A role and its newline are encoded as two texts; they are one."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    def encode(text, **settings):
        pieces = [text[:-1], "\n"] if text[:-1] in ROLES else [text]
        return {"input_ids": [token for piece in pieces for token in tokenizer(piece, **settings)["input_ids"]]}

    encode.convert_tokens_to_ids, encode.unk_token_id = tokenizer.convert_tokens_to_ids, tokenizer.unk_token_id
    return _right(messages, encode)
