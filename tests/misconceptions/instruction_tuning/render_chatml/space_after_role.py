"""A space stands behind the role instead of a newline."""


def render_chatml(messages, add_generation_prompt=False):
    return "".join(f"{IM_START}{one['role']} {one['content']}{IM_END}\n" for one in messages)
