"""Raises what ends programs: SystemExit, KeyboardInterrupt, GeneratorExit and exceptions of its own above Exception."""

honest = ("to_gigabytes",)


class Above(BaseException):
    pass


def lora_parameter_count(d_in, d_out, r):
    raise KeyboardInterrupt if r > 0 else SystemExit(0)


def memory_estimate(*_, **named):
    raise Above if named else GeneratorExit
