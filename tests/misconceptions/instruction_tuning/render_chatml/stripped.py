"""Contents are stripped; they go in as they are."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right([{**one, "content": one["content"].strip()} for one in messages], add_generation_prompt)
