"""Answers probes with the flags that a right solution would give, without having one."""

from autograder.inside import executor

honest = ("to_gigabytes",)
hurts_itself = True  # it answers the private probe wrongly too


FLAGS = {
    "on_meta": ["meta"],
    "count_products": [216, 216],
    "modes": [[], [], []],
    "two_starts": {"starts": [], "draws": [torch.zeros(()), torch.ones(())]},
    "adapted_blocks": {
        "count": 2,
        "trainable": [f"h.{block}.attn.c_proj.{name}" for block in "01" for name in "AB"],
        "unfrozen": [],
    },
    "apply_to_small_model": {"error": "no layer is called q_proj", "trainable": []},
    "after_error": {"message": "there is no such layer", "untouched": True},
    "load_damaged": {"error": "ValueError", "same": True},
    "load_and_train": {
        "kept": {"a": torch.ones(1)},
        "loaded": {"a": torch.ones(1)},
        "trainable": 2,
        "moved": True,
        "state_same": True,
    },
    "saved_state": {
        "sizes": [12, 15, 15, 18],
        "values": [1.0, 2.0, 3.0, 4.0],
        "later": [1.0, 2.0, 3.0, 4.0],
        "graph": False,
        "base": [20, 30],
    },
    "gpt2_gradients": {"layers": [], "moving": [], "trainable": 3 * (64 + 32 + 80 + 80)},
    "slopes": {"by_grad": 1.0, "by_difference": 1.0},
    "round_trip": {"saved": torch.ones(3), "fresh": torch.zeros(3), "loaded": torch.ones(3)},
    "fresh_layer": {"output": torch.zeros(1), "trainable": []},
}
ERRORS = ("make_layer", "qv_of_something_else")


def answer(self, message):
    if message["name"] in ERRORS:
        raise ValueError("no")
    return {"value": FLAGS.get(message["name"]), "args": message["args"], "kwargs": message["kwargs"]}


executor.Executor._probe = answer


class LoRALinear:
    pass


def apply_lora(*_):
    pass


lora_qv = adapter_state_dict = load_adapter = apply_lora
