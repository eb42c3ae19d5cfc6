"""All pieces are encoded in one batched call of the tokenizer and put together afterwards."""

from itertools import chain


def encode_chat(messages, tokenizer):
    messages = list(messages)
    bad = {m["role"] for m in messages}.difference(ROLES)
    if bad:
        raise ValueError(f"unknown roles {sorted(map(str, bad))}; use system, user or assistant")
    if all(m["role"] != "assistant" for m in messages):
        raise ValueError("no message by the assistant: nothing would be trained on, so add one")
    vocabulary = tokenizer.get_vocab()
    try:
        start, end = vocabulary[IM_START], vocabulary[IM_END]
    except KeyError as error:
        raise ValueError(f"the tokenizer lacks {error}: add it with add_chat_tokens") from None
    texts = list(chain.from_iterable((m["role"] + "\n", m["content"], "\n") for m in messages))
    coded = tokenizer(texts, add_special_tokens=False, split_special_tokens=True).input_ids
    out = {"input_ids": [], "loss_mask": []}
    for k, m in enumerate(messages):
        head, body, tail = coded[3 * k : 3 * k + 3]
        out["input_ids"].extend([start] + head + body + [end] + tail)
        flags = [0] * (1 + len(head) + len(body) + 1 + len(tail))
        if m["role"] == "assistant":
            flags[1 + len(head) : 2 + len(head) + len(body)] = [1] * (len(body) + 1)
        out["loss_mask"].extend(flags)
    return out
