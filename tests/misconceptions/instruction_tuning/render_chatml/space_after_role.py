"""A space stands behind the role instead of a newline."""

also = ("A role that isn't system, user or assistant must raise ValueError.",)  # it looks at no role


def render_chatml(messages, add_generation_prompt=False):
    return "".join(f"{IM_START}{one['role']} {one['content']}{IM_END}\n" for one in messages)
