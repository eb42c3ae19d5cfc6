"""The first sentence speaks of an input, but there is none."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    text = _right(example, end_token, with_response)
    return text.replace("a task. W", "a task, paired with an input that provides further context. W", 1)
