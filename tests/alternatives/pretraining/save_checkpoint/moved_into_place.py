"""Written beside its place first, so that a file is whole or not there; one flat list, with the loader for it."""

import os

exercise = ("save_checkpoint", "load_checkpoint")


def save_checkpoint(path, model, optimizer, step):
    parts = [step, torch.default_generator.get_state(), dict(model.state_dict()), optimizer.state_dict()]
    beside = Path(path).with_name("unfinished")
    torch.save(parts, beside)
    os.replace(beside, path)


def load_checkpoint(path, model, optimizer):
    step, generator, tensors, settings = torch.load(path, weights_only=True)
    optimizer.load_state_dict(settings)
    model.load_state_dict(tensors)
    torch.default_generator.set_state(generator)
    return step
