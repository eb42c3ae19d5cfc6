"""The model that is returned isn't the one that the last stage has left."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    return {**_right(tools, base, skip), "model": copy.deepcopy(base.model).eval()}
