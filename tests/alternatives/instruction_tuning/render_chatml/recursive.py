"""One message and the rest of them, recursively."""


def render_chatml(messages, add_generation_prompt=False):
    if not messages:
        return "<|im_start|>assistant\n" if add_generation_prompt else ""
    first, *rest = messages
    if not (first["role"] == "system" or first["role"] == "user" or first["role"] == "assistant"):
        raise ValueError(first["role"])
    head = "".join(("<|im_start|>", first["role"], chr(10), first["content"], "<|im_end|>", chr(10)))
    return head + render_chatml(rest, add_generation_prompt)
