"""A role in capitals must raise ValueError."""

also = ("A role that isn't system, user or assistant must raise ValueError.",)

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    lowered = [{**message, "role": message["role"].lower()} for message in messages]
    return _right(lowered, add_generation_prompt)
