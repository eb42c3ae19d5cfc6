"""The generation prompt lacks its newline, which the model saw behind every role in training."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    text = _right(messages, add_generation_prompt)
    return text.removesuffix("\n") if add_generation_prompt else text
