"""The error doesn't name what is no stage of RUN."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    if set(skip) - set(RUN):
        raise ValueError("use names of RUN")
    return _right(tools, base, skip)
