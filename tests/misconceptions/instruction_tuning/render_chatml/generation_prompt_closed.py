"""The generation prompt closes the turn that the model is to write."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right([*messages, {"role": "assistant", "content": ""}] if add_generation_prompt else messages)
