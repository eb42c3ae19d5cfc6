"""The generation prompt is missing although it was asked for."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right(messages)
