"""A dataclass records ids and, apart from them, the spans that are trained on; the mask is made of spans last."""

from dataclasses import dataclass, field


@dataclass
class _Tape:
    tokenizer: object
    ids: list = field(default_factory=list)
    spans: list = field(default_factory=list)

    def text(self, text):
        ids = self.tokenizer([text], add_special_tokens=False, split_special_tokens=True)["input_ids"][0]
        self.ids.extend(ids)

    def control(self, token):
        self.ids.append(self.tokenizer.convert_tokens_to_ids(token))

    def mask(self):
        mask = [0] * len(self.ids)
        for a, b in self.spans:
            mask[a:b] = [1] * (b - a)
        return mask


def encode_chat(messages, tokenizer):
    speakers = [m["role"] for m in messages]
    for role in speakers:
        if role not in ROLES:
            raise ValueError(f"role {role!r} is not known; write 'system', 'user' or 'assistant'")
    if speakers.count("assistant") == 0:
        raise ValueError("there is no assistant message; add at least one, or there is nothing to learn")
    for token in (IM_START, IM_END):
        if token not in tokenizer.get_vocab():
            raise ValueError(f"{token} is no token of this tokenizer; add_chat_tokens teaches it")
    tape = _Tape(tokenizer)
    for m in messages:
        tape.control(IM_START)
        tape.text(m["role"] + "\n")
        begin = len(tape.ids)
        tape.text(m["content"])
        tape.control(IM_END)
        if m["role"] == "assistant":
            tape.spans.append((begin, len(tape.ids)))
        tape.text("\n")
    return {"loss_mask": tape.mask(), "input_ids": tape.ids}
