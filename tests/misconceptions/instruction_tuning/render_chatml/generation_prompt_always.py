"""The generation prompt stands in a text that was asked for without it."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right(messages, True)
