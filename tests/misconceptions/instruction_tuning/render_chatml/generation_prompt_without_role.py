"""The generation prompt lacks the role."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right(messages, add_generation_prompt).removesuffix("assistant\n" if add_generation_prompt else "@")
