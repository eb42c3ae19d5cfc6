"""The system message is left out."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right([one for one in messages if one["role"] != "system"], add_generation_prompt)
