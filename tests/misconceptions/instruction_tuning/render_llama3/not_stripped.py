"""White space around a content is kept; this template strips it."""

_right = render_llama3


def render_llama3(messages, add_generation_prompt=False):
    text = _right(messages, add_generation_prompt)
    for one in messages:
        text = text.replace(one["content"].strip(), one["content"], 1)
    return text
