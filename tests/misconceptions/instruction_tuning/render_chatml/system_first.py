"""System messages are moved to the front; each stays where it is."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right(sorted(messages, key=lambda one: one["role"] != "system"), add_generation_prompt)
