"""A part of a known role must raise ValueError."""


def render_chatml(messages, add_generation_prompt=False):
    text = ""
    for message in messages:
        if message["role"] not in " ".join(ROLES):
            raise ValueError(f"unknown role {message['role']!r}")
        text += f"{IM_START}{message['role']}\n{message['content']}{IM_END}\n"
    return text + (f"{IM_START}assistant\n" if add_generation_prompt else "")
