"""Breaks its interpreter: bytecode that is none, a frame without a stack, a freed object, a fatal error of Python's."""

import ctypes

honest = ("to_gigabytes",)


def broken():
    pass


def lora_parameter_count(d_in, d_out, r):
    if r > 0:
        broken.__code__ = broken.__code__.replace(co_code=b"\xff\xff" * 50, co_stacksize=0)
        broken()
    ctypes.pythonapi.Py_FatalError(b"25 of 25 points")


def memory_estimate(*_, **__):
    for _ in range(10):
        ctypes.pythonapi.Py_DecRef(ctypes.py_object(lora_parameter_count))
        ctypes.pythonapi.Py_DecRef(ctypes.py_object(torch))
    ctypes.pythonapi.Py_Finalize()
