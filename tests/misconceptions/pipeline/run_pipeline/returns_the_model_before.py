"""The model that is returned isn't the one that the last stage has left."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    kept, own = [], copy.copy(base)

    def gate(stage, before, after, tokenizer):
        kept.append(before)
        return base.gate(stage, before, after, tokenizer)

    own.gate = gate
    return {**_right(tools, own, skip), "model": kept[-1]}
