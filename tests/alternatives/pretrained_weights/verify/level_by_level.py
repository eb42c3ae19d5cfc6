"""A list of levels, each a function that gives its figure and whether it passes."""


def verify(model, reference, ids, prompt, new=8):
    def parameters():
        mine, theirs = (sum(map(torch.numel, one.parameters())) for one in (model, reference))
        return mine - theirs, mine == theirs

    def logits():
        found = compare_logits(model(ids), reference(ids))
        return found["max_difference"], found["agree"]

    def text():
        mine = theirs = prompt
        for _ in range(new):
            mine = torch.cat((mine, model(mine)[:, -1].argmax(1)[:, None]), 1)
            theirs = torch.cat((theirs, reference(theirs)[:, -1].argmax(1)[:, None]), 1)
        same = (mine[:, -new:] == theirs[:, -new:]).double().mean().item()
        return same, same == 1.0

    modules = [*model.modules(), *reference.modules()]
    modes = {module: module.training for module in modules}
    report = {}
    try:
        model.eval(), reference.eval()
        with torch.no_grad():
            for level in (parameters, logits, text):
                report[level.__name__], passes = level()
                if not passes:
                    return report | {"failed": level.__name__}
    finally:
        for module in modules:
            module.training = modes[module]
    return report | {"failed": None}
