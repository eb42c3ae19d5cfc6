"""Roles are checked first, all of them, then a generator of turns formatted by %."""


def render_chatml(messages, add_generation_prompt=False):
    strangers = [str(m["role"]) for m in messages if m["role"] not in ROLES]
    if strangers:
        raise ValueError("roles that ChatML does not know: " + ", ".join(strangers))

    def turns():
        for m in messages:
            yield "<|im_start|>{}\n{}<|im_end|>\n".format(m["role"], m["content"])
        if add_generation_prompt:
            yield "<|im_start|>assistant\n"

    return "".join(turns())
