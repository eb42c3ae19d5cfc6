"""The system message is merged into the user's instead of having a turn of its own."""

also = (
    "A further message changes the text of those before it; it must only append.",
)  # a system message alone had a turn

_right = render_chatml


def render_chatml(messages, add_generation_prompt=False):
    messages = list(messages)
    if len(messages) > 1 and messages[0]["role"] == "system":
        first = {"role": "user", "content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
        messages = [first, *messages[2:]]
    return _right(messages, add_generation_prompt)
