"""An empty "### Input:" part is kept, and the first sentence speaks of an input."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    marked = _right({**example, "input": example.get("input") or "@@@"}, end_token, with_response)
    return marked.replace("@@@", "")
