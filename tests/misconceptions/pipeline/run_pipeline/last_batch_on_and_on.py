"""Once all batches had their turn, it goes on with the last one; the first comes next."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    from types import SimpleNamespace

    wrapped = SimpleNamespace(**{name: getattr(tools, name) for names in TOOLS.values() for name in names})
    seen = []

    def dpo_step(model, reference, batch, optimizer, beta):
        if not any(batch is one for one in seen):
            seen.append(batch)
        elif len(seen) > 1 or batch is seen[0]:
            batch = seen[-1]
        return tools.dpo_step(model, reference, batch, optimizer, beta)

    if tools.dpo_step is not None:
        wrapped.dpo_step = dpo_step
    return _right(wrapped, base, skip)
