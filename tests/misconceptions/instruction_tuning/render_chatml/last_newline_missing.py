"""The newline after the last <|im_end|> is missing."""

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    text = _right(messages, add_generation_prompt)
    return text if add_generation_prompt else text.removesuffix("\n")
