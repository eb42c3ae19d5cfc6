"""One loop over names that keeps duplicates, and a set of addresses."""


def parameter_table(model):
    parts = [name for name in (*model._parameters, *model._modules)]
    counts, seen = dict.fromkeys(parts, 0), set()
    for name, one in model.named_parameters(remove_duplicate=False):
        if one.data_ptr() not in seen:
            counts[name.partition(".")[0]] += math.prod(one.shape)
        seen.add(one.data_ptr())
    counts["total"] = sum(counts.values())
    return counts
