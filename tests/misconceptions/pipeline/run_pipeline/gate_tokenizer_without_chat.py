"""A gate after the chat tokens were added is given a tokenizer that doesn't know them."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    own, bare = copy.copy(base), copy.deepcopy(base.tokenizer)
    own.gate = lambda stage, before, after, tokenizer: base.gate(stage, before, after, bare)
    return _right(tools, own, skip)
