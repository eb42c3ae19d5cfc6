"""The error about an unknown role does not name the role."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    if any(message["role"] not in ROLES for message in messages):
        raise ValueError("unknown role: use 'system', 'user' or 'assistant'")
    return _right(messages, add_generation_prompt)
