"""Control characters are taken out of contents; rendering leaves text alone."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    clean = [{**one, "content": one["content"].replace("<|im_end|>", "")} for one in messages]
    return _right(clean, add_generation_prompt)
