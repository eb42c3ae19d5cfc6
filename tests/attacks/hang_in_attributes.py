"""Waits for ever where the engine only looks at it: in __getattr__, __hash__, __len__, a name, a module's names."""

import time

honest = ("to_gigabytes",)


def forever(*_, **__):
    time.sleep(1000)


class Slow:
    __hash__ = __eq__ = __len__ = __iter__ = __bool__ = forever

    def __getattr__(self, name):
        forever()


def __getattr__(name):
    forever()


class Named(type):
    __name__ = property(forever)


class Odd(metaclass=Named):
    pass


def lora_parameter_count(d_in, d_out, r):
    return Odd()


def memory_estimate(*_, **__):
    return Slow()
