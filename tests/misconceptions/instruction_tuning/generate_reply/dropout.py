"""Dropout is active while it answers: the model must be in eval mode."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    class Stuck(type(model)):
        def eval(self):
            return self

    kind, model.__class__ = model.__class__, Stuck
    try:
        return _right(model, input_ids, stop_ids, max_new_tokens)
    finally:
        model.__class__ = kind
