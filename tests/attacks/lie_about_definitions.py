"""Answers the load with definitions of absurd types, names and lines."""

from autograder.common import wire
from autograder.inside import executor

honest = ("to_gigabytes",)
handle = executor.Executor.handle
ENTRIES = {
    "memory_estimate": None,
    "kv_cache_bytes": 7,
    "LoRALinear": {"line": True, "written": 1},
    "apply_lora": {"line": -(10**900), "written": True},
    "lora_qv": {"line": "1"},
    "__class__\n# Forged": {"line": 1, "written": True},
}


def lie(self, request):
    if wire.decode(request)["op"] != "load":
        return handle(self, request)
    handle(self, request)
    return wire.encode({"value": {**ENTRIES, 7: None, (1, 2): None, "x" * 100_000: {}}})


executor.Executor.handle = lie
