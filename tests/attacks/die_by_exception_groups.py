"""Raises groups of exceptions within groups, with SystemExit and KeyboardInterrupt among them, notes and cycles."""

honest = ("to_gigabytes",)


def lora_parameter_count(d_in, d_out, r):
    group = BaseExceptionGroup("all", [SystemExit(0), KeyboardInterrupt(), GeneratorExit()])
    for _ in range(900):
        group = BaseExceptionGroup("more", [group, ValueError(1)])
    raise group


def memory_estimate(*_, **__):
    error = ValueError("pass something else")
    error.__notes__ = [error, 7, "\ud800"]
    error.__cause__ = error.__context__ = error
    raise error from error
