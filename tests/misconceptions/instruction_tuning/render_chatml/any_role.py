"""A role that isn't system, user or assistant must raise ValueError."""


def render_chatml(messages, add_generation_prompt=False):
    text = "".join(f"{IM_START}{one['role']}\n{one['content']}{IM_END}\n" for one in messages)
    return text + (f"{IM_START}assistant\n" if add_generation_prompt else "")
