"""A message with empty content is left out."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right([one for one in messages if one["content"]], add_generation_prompt)
