"""Answers probes with the flags that a right solution would give, without having one."""

from autograder.inside import executor

honest = ("to_gigabytes",)
hurts_itself = True  # it answers the private probe wrongly too


FLAGS = {
    "trainable_tensors": [[("torch.float64", "meta", 12), ("torch.float64", "meta", 10)]],
    "trainable_shapes": [[2, 5], [2, 8]],
    "run_merged": {"output": torch.zeros(4, 6), "operations": 432},
    "switch_modes": [],
    "fresh_layers": [],
    "adapted_blocks": {
        "count": 2,
        "trainable": [f"h.{block}.attn.c_proj.{name}" for block in "01" for name in "AB"],
        "unfrozen": [],
    },
    "small_models": [],
    "qv_or_error": [],
    "load_each": [],
    "load_and_train": {"trainable": 30, "output": torch.ones(3, 8), "kept": torch.ones(30), "cleared": None},
    "saved_state": {
        "sizes": [12, 15, 15, 18],
        "values": [1.0, 2.0, 3.0, 4.0],
        "later": [1.0, 2.0, 3.0, 4.0],
        "modes": [True, True, False, False],
        "gradients": [0.5, 0.5, 0.5, 0.5],
        "graph": False,
        "base": [20, 30],
    },
    "gpt2_gradients": {"layers": [], "moving": [], "trainable": 3 * (64 + 32 + 80 + 80)},
    "slope_of_cubes": {"output": torch.zeros(3, 4), "slope": 0.0},
}
ERRORS = ("run_settings",)


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
