"""The generation prompt stands in a text that was asked for without it."""

also = (
    "A further message changes the text of those before it; it must only append.",
)  # the header in front of it goes

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    return _right(messages, True)
