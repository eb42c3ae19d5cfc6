"""Stand-ins for everything that `run_pipeline` is given. The text of this file runs in the student's process.

Each tool writes down what it was called with and returns at once. "Training" turns every parameter p that the optimizer
holds into p · (1 + gain) + gain, where the gain is ten times the learning rate. So the sums of the models at the gates
follow from the settings; `Rehearsal` works them out.
"""

import copy
from types import SimpleNamespace

import torch
from torch import nn

# --- the base model -------------------------------------------------------------------------------------------------


class Config(SimpleNamespace):
    """Has what a config of transformers has, as far as a copy takes."""

    def to_dict(self):
        return dict(vars(self))

    @classmethod
    def from_dict(cls, settings):
        return cls(**settings)


class Layer(nn.Module):
    """Like GPT-2's Conv1D: x W + b."""

    def __init__(self, d_in, d_out):
        super().__init__()
        self.weight = nn.Parameter(0.02 * torch.randn(d_in, d_out))
        self.bias = nn.Parameter(torch.zeros(d_out))

    def forward(self, x):
        return x @ self.weight + self.bias  # (..., d_in) → (..., d_out)


class Model(nn.Module):
    """The skeleton of a GPT-2: what is looked at is which layers stand where."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        width = config.hidden_size
        self.transformer = nn.Module()
        self.transformer.wte = nn.Embedding.from_pretrained(0.02 * torch.randn(50, width), freeze=False)
        self.transformer.h = nn.ModuleList()
        for _ in range(config.n_layer):
            block = nn.Module()
            block.attn, block.mlp = nn.Module(), nn.Module()
            block.attn.c_attn, block.attn.c_proj = Layer(width, 3 * width), Layer(width, width)
            block.mlp.c_fc, block.mlp.c_proj = Layer(width, 4 * width), Layer(4 * width, width)
            self.transformer.h.append(block)
        self.lm_head = nn.Linear(width, 50, bias=False)
        self.lm_head.weight = self.transformer.wte.weight  # tied, as GPT-2's is


class Tokenizer:
    chat = False  # whether it has its chat tokens

    def __init__(self, pad_token_id):
        self.pad_token_id, self.eos_token_id, self.bos_token_id = pad_token_id, pad_token_id + 1, pad_token_id + 2


def sum_of(model):
    """The sum of all parameters."""
    return sum(parameter.detach().double().sum().item() for parameter in model.parameters())


def layers_of(model):
    """The layers of all blocks that are to be quantized, each with its d_in."""
    width, found = model.config.hidden_size, []
    for block in model.transformer.h:
        for name, widths in (("attn.c_attn", 1), ("attn.c_proj", 1), ("mlp.c_fc", 1), ("mlp.c_proj", 4)):
            found.append((block.get_submodule(name), widths * width))
    return found


def dense(layer, d_in):
    """W (d_in, d_out) and b (d_out,) of any layer that computes x W + b."""
    dtype = next(layer.parameters()).dtype
    with torch.no_grad():
        bias = layer(torch.zeros(1, d_in, dtype=dtype))
        return layer(torch.eye(d_in, dtype=dtype)) - bias, bias[0]


# --- the tools ------------------------------------------------------------------------------------------------------


class Adapter(nn.Module):
    """A layer with an update of its weight beside it, which starts at zero."""

    def __init__(self, base):
        super().__init__()
        self.base = base
        shape = base.weight.shape if isinstance(base, Layer) else (1,)
        self.update = nn.Parameter(torch.zeros(shape, dtype=next(base.parameters()).dtype))  # (d_in, d_out)

    def forward(self, x):
        return self.base(x) + (x @ self.update if self.update.ndim == 2 else 0)


class Quantized(nn.Module):
    """Computes what its layer computed, and writes down which layer it was given."""

    log = None  # each run has a subclass with its own: an instance is copied along with its model
    shown = False  # whether what is in the layer is written down as well

    def __init__(self, linear, bits, block_size):
        super().__init__()
        self.linear = linear.requires_grad_(False)
        entry = {"kind": type(linear).__name__, "bits": bits, "block": block_size}
        if self.shown:
            entry |= {name: getattr(linear, name, None) for name in ("weight", "bias")}
        self.log.append({"tool": "QuantizedLinear", **entry})

    def forward(self, x):
        return self.linear(x)


class Tools:
    """The tools and the gate. Whatever is called is written into `log`, in order; what is in layers if `shown`."""

    def __init__(self, failing, figure, shown):
        self.log, self.optimizers, self.replaced, self.base = [], [], [], None
        self.failing, self.figure, self.shown = failing, figure, shown
        self.QuantizedLinear = type("QuantizedLinear", (Quantized,), {"log": self.log, "shown": shown})

    def __deepcopy__(self, memo):
        return self  # who copies the whole base still calls what is written down here

    def note(self, tool, **facts):
        self.log.append({"tool": tool, **facts})

    def add_chat_tokens(self, model, tokenizer):
        own = {"own_model": model is self.base.model, "own_tokenizer": tokenizer is self.base.tokenizer}
        self.note("add_chat_tokens", **own)
        model.chat = tokenizer.chat = True
        # The embeddings get more rows in transformers, and so are other parameters
        old, config = model.transformer.wte.weight, model.config
        model.transformer.wte.weight = model.lm_head.weight = nn.Parameter(old.detach().clone())
        self.replaced.append(old)
        config.vocab_size += 2
        return 2

    def encode_chat(self, messages, tokenizer):
        self.note("encode_chat", chat=tokenizer.chat)
        text = "/".join(f"{message['role']}:{message['content']}" for message in messages)
        return {"input_ids": list(text.encode()), "loss_mask": [1] * len(text)}

    def collate_chats(self, examples, pad_id, max_length=None):
        self.note("collate_chats", pad_id=pad_id)
        return {"texts": [bytes(example["input_ids"]).decode() for example in examples]}

    def train_sft(self, model, batches, optimizer, steps):
        facts = {"start": sum_of(model), "batches": [batch["texts"] for batch in batches], "steps": steps}
        self.note("train_sft", **facts, optimizer=self.step(optimizer, model))
        return [0.0] * steps

    def dpo_step(self, policy, reference, batch, optimizer, beta):
        self.note(
            "dpo_step",
            same=policy is reference or bool(set(policy.parameters()) & set(reference.parameters())),
            frozen=not any(parameter.requires_grad for parameter in reference.parameters()),
            reference=sum_of(reference),
            start=sum_of(policy),
            chosen=batch["chosen"]["texts"],
            rejected=batch["rejected"]["texts"],
            beta=beta,
            optimizer=self.step(optimizer, policy),
        )
        return {"loss": 0.0}

    def apply_lora(self, model, targets, r, alpha):
        self.note("apply_lora", targets=list(targets), r=r, alpha=alpha, start=sum_of(model))
        model.requires_grad_(False)
        names = [name for name, _ in model.named_modules() if name.endswith(tuple(targets))]
        for name in names:
            model.set_submodule(name, Adapter(model.get_submodule(name)))
        return len(names)

    def step(self, optimizer, model):
        """One step of training: changes what the optimizer holds, and says what that is."""
        held = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        all_of_them = {id(parameter) for parameter in model.parameters()}
        trainable = {id(parameter) for parameter in model.parameters() if parameter.requires_grad}
        rate = optimizer.param_groups[0]["lr"]
        # Update
        with torch.no_grad():
            for parameter in held:
                parameter.mul_(1 + 10 * rate).add_(10 * rate)
        # Describe
        if not any(optimizer is one for one in self.optimizers):
            self.optimizers.append(optimizer)
        return {
            "number": [optimizer is one for one in self.optimizers].index(True),
            "kind": type(optimizer).__name__,
            "rate": rate,
            "all": {id(parameter) for parameter in held} == all_of_them,
            "trainable": {id(parameter) for parameter in held} == trainable,
            "outdated": any(parameter is old for parameter in held for old in self.replaced),
        }

    def gate(self, stage, before, after, tokenizer):
        base = self.base
        self.note(
            "gate",
            stage=stage,
            before=sum_of(before),
            after=sum_of(after),
            same=before is after,
            from_base=before is base.model,
            to_base=after is base.model,
            training=after.training,
            tokenizer=tokenizer is base.tokenizer,
            chat=tokenizer.chat,
            models_chat=[getattr(before, "chat", False), getattr(after, "chat", False)],
            config=type(after) is Model and vars(after.config) == vars(base.model.config),
            spread=after.transformer.wte.weight.std().item(),
            kinds=[type(layer).__name__ for layer, _ in layers_of(after)],
            dense=[dense(layer, d_in) for layer, d_in in layers_of(after)] if self.shown and stage == "lora" else [],
        )
        return {"passed": stage != self.failing, "figure": self.figure + len(stage)}


# --- the run --------------------------------------------------------------------------------------------------------

TOOL_NAMES = (
    "add_chat_tokens",
    "encode_chat",
    "collate_chats",
    "train_sft",
    "dpo_step",
    "apply_lora",
    "QuantizedLinear",
)


def conversation(kind, index):
    """One conversation; a kind and an index make a text."""
    answer = {"role": "assistant", "content": f"yes {index}"}
    return [{"role": "user", "content": f"{kind} {index}"}, answer]


def preference(index):
    return {"prompt": f"which {index}", "chosen": f"good {index}", "rejected": f"bad {index}"}


def base_of(kind, width, layers, level, double, counts, steps, rates, pad_token_id, **settings):
    """The base and its data, in the student's Base. Each tensor of its model has the mean `level`, and a gradient."""
    model = Model(Config(hidden_size=width, n_embd=width, n_layer=layers, vocab_size=50)).train()
    model = model.double() if double else model
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(level - parameter.mean())
            parameter.grad = torch.ones_like(parameter)
    return kind(
        model=model,
        tokenizer=Tokenizer(pad_token_id),
        demonstrations=[conversation("demo", index) for index in range(counts["demonstrations"])],
        preferences=[preference(index) for index in range(counts["preferences"])],
        house_style=[conversation("style", index) for index in range(counts["house_style"])],
        steps=steps,
        rates=rates,
        batch_size=counts["batch"],
        targets=["attn.c_attn", "mlp.c_fc"],
        **settings,
    )


def state_of(base):
    """What must not change: layers, modes and sum of the model, what is frozen, gradients, the tokenizer, the data."""
    modes = [(name, module.training) for name, module in base.model.named_modules()]
    frozen = [not parameter.requires_grad for parameter in base.model.parameters()]
    gradients = [None if one.grad is None else one.grad.sum().item() for one in base.model.parameters()]
    data = copy.deepcopy((base.demonstrations, base.preferences, base.house_style))
    return sum_of(base.model), modes, frozen, gradients, base.tokenizer.chat, data


def rehearse(student, sizes, counts, steps, rates, settings, gates, skip, absent, shown):
    """Run the student's run_pipeline without the tools that are `absent`; gives all that was written down.

    settings: more fields of Base. gates: which gate fails, and a figure. shown: whether layers are to be seen inside.
    """
    tools, tracked = Tools(*gates, shown), []

    def track(items, description):
        tracked.append(list(items))
        return tracked[-1]

    # Prepare
    kind = getattr(student, "Base", SimpleNamespace)
    data = {"counts": counts, "steps": steps, "rates": rates, "gate": tools.gate, "track": track}
    tools.base = base = base_of(kind, **sizes, **data, **settings)
    known = {name: None if name in absent else getattr(tools, name) for name in TOOL_NAMES}
    start, config = state_of(base), base.model.config.to_dict()
    # Run
    report = student.run_pipeline(SimpleNamespace(**known), base, tuple(skip))
    model, tokenizer = report["model"], report["tokenizer"]
    # Report
    return {
        "log": tools.log,
        "tracked": tracked,
        "start": start[0],
        "training": model.training,
        "sum": sum_of(model),
        "kinds": [type(layer).__name__ for layer, _ in layers_of(model)],
        "own_tokenizer": tokenizer is base.tokenizer,
        "chat": tokenizer.chat,
        "stages": {stage: dict(entry) for stage, entry in report["stages"].items()},
        "kept": state_of(base) == start,
        "config_kept": base.model.config.to_dict() == config,
    }
