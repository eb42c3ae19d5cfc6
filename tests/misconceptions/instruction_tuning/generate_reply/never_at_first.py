"""It never stops at its first token."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    first = _right(model, input_ids, [], min(max_new_tokens, 1))
    if max_new_tokens < 2:
        return first
    rest = _right(model, torch.cat([input_ids, torch.tensor(first)], dim=1), stop_ids, max_new_tokens - 1)
    return [begin + reply for begin, reply in zip(first, rest, strict=True)]
