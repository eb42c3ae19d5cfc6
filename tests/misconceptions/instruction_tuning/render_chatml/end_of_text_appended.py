"""A further message changes the text of those before it; it must only append."""

also = ("An end-of-text token closes the text; the template has none.",)  # which is what a further message moves

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right(messages, add_generation_prompt) + "<|endoftext|>"
