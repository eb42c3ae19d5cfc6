"""What the checks of several exercises share: texts, padded batches, and what known mistakes would give.

Models are random GPT-2s of several widths, or smaller stand-ins where no transformer is needed. Every batch is ragged,
and what stands in the padding is noise wherever that may not matter."""

import math
import re
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn import functional as F

from autograder import builders
from autograder.checks import AnyOf, StudentError, expect_close, expect_equal, fail, probe

# fp32 sums of 24 products of size 1, after two blocks, round by about 1e-6; mistakes move things by 0.01 or more.
TOL_FP32 = {"rtol": 1e-4, "atol": 1e-4}
VOCABULARY = 53  # of builders.tiny_gpt2


@contextmanager
def expect_message(sentence, *words):
    """Inside expect_error: the message of the student's ValueError holds one of these words or numbers.

    Without any, it must say something. What max() says of an empty list is Python's own, and names nothing to pass.
    """
    try:
        yield
    except StudentError as error:
        if error.type == "ValueError" and not names_one(error.message, words):
            fail(sentence, got=error.message or "no message")
        raise


def names_one(message, words):
    """Whether a message says something of its own, and one of these words; a number must be there as a whole."""
    numbers = re.findall(r"\d+", message)
    said = message.strip() and not message.startswith("max()")
    return bool(said) and (
        not words or any(str(word) in (numbers if isinstance(word, int) else message) for word in words)
    )


# --- texts and batches -----------------------------------------------------------------------------------------------


def random_texts(rng, *lengths):
    """Lists of token ids of these lengths, none of them 0."""
    return [rng.randint(1, VOCABULARY, (length,)).tolist() for length in lengths]


def padded_batch(sequences, side, *, pad_id=0, extra=0):
    """input_ids and attention_mask (B, T), T being `extra` more than the longest, filled up with pad_id."""
    longest = max(map(len, sequences)) + extra
    input_ids = torch.full((len(sequences), longest), pad_id)
    attention_mask = torch.zeros_like(input_ids)
    for row, sequence in enumerate(sequences):
        columns = slice(0, len(sequence)) if side == "right" else slice(longest - len(sequence), longest)
        input_ids[row, columns] = torch.tensor(sequence, dtype=torch.int64)
        attention_mask[row, columns] = 1
    return input_ids, attention_mask


# On the right the slice [0:0] is empty, on the left [-0:] is not.
ONES_FOR_AN_EMPTY_TEXT = "The mask of an empty text is 1 everywhere: [-0:] is the whole row."


def noisy_batch(rng, sequences, side, extra=0):
    """Like padded_batch, with noise in the padding."""
    input_ids, attention_mask = padded_batch(sequences, side, extra=extra)
    noise = rng.randint(1, VOCABULARY, input_ids.shape)
    return torch.where(attention_mask == 1, input_ids, noise), attention_mask


def labelled_batches(rng, vocabulary, classes, *sizes, length=None):
    """Ragged batches of these sizes for a table of shape (vocabulary, classes), noise in the padding on the right.

    Texts have 1 to 4 tokens. T is `length`, or that of the batch's longest text.
    """
    batches = []
    for size in sizes:
        lengths = [rng.randint(1, 5) for _ in range(size)]
        mask = torch.arange(length or max(lengths)) < torch.tensor(lengths)[:, None]  # (B, T)
        input_ids = rng.randint(0, vocabulary, mask.shape)
        labels = rng.randint(0, classes, (size,))
        batches.append({"input_ids": input_ids, "attention_mask": mask.long(), "labels": labels})
    return batches


def one_token_batches(*batches):
    """Batches of texts of one token, from lists of (token, label)."""
    return [
        {
            "input_ids": torch.tensor([[token] for token, _ in pairs]),
            "attention_mask": torch.ones(len(pairs), 1, dtype=torch.int64),
            "labels": torch.tensor([label for _, label in pairs]),
        }
        for pairs in batches
    ]


# --- pooling ---------------------------------------------------------------------------------------------------------


def position_ids(mask):
    """0, 1, 2 ... from each row's first real token on."""
    return (mask.cumsum(dim=1) - 1).clamp(min=0)


def last_real_vectors(hidden, mask):
    """(B, D): the vectors at the last 1 of each row."""
    return torch.stack([vectors[row.nonzero().max()] for vectors, row in zip(hidden, mask, strict=True)])


def vectors_at(positions):
    """A way to pool that takes the vector at one position of each row; `positions(mask)` is (B,)."""
    return lambda hidden, mask: hidden[torch.arange(len(hidden)), positions(mask)]


def mean_of_real_tokens(hidden, mask):
    """(B, D): the mean over each row's real tokens."""
    return sum_of_real_tokens(hidden, mask) / mask.sum(dim=1, keepdim=True).to(hidden.dtype)


def sum_of_real_tokens(hidden, mask):
    """(B, D): the sum over each row's real tokens."""
    return (hidden * mask[..., None].to(hidden.dtype)).sum(dim=1)


# What known mistakes take from hidden (B, T, D) and mask (B, T) instead of the last real token.
WRONG_POOLINGS = {
    "It takes index -1, which in a padded row is padding.": lambda hidden, mask: hidden[:, -1],
    "It takes the first token, which in a causal model has seen nothing but itself.": vectors_at(
        lambda mask: mask.argmax(dim=1)
    ),
    "It takes index 0, which is the first token or padding.": lambda hidden, mask: hidden[:, 0],
    "mask.sum() - 1 is the last token only when padding is on the right.": vectors_at(lambda mask: mask.sum(dim=1) - 1),
    "It takes the token before the last one.": vectors_at(
        lambda mask: ((torch.arange(mask.shape[1]) * mask).amax(dim=1) - 1).clamp(min=0)
    ),
    "It averages over padding.": lambda hidden, mask: hidden.mean(dim=1),
    "It averages over the real tokens instead of taking the last one.": mean_of_real_tokens,
    "It adds up the real tokens instead of taking the last one.": sum_of_real_tokens,
    "It takes the largest value of each dimension over the tokens instead of the last token.": (
        lambda hidden, mask: hidden.amax(dim=1)
    ),
    "It takes the first padding position after the text instead of the last token.": vectors_at(
        lambda mask: mask.sum(dim=1).clamp(max=mask.shape[1] - 1)
    ),
}


def expect_last_tokens(result, hidden, mask, what):
    """Compare with the vectors (B, D) at the last 1 of each row."""
    expected = last_real_vectors(hidden, mask)
    if isinstance(result, torch.Tensor) and tuple(result.shape) == (len(hidden), *expected.shape):
        fail(
            "hidden[:, last] takes every row's last position from every row, which gives (B, B, D).",
            expected=tuple(expected.shape),
            got=tuple(result.shape),
            advice="Index with two tensors: one for the row, one for the position.",
        )
    expect_equal(
        result,
        expected,
        what=what,
        mistakes={sentence: pool(hidden, mask) for sentence, pool in WRONG_POOLINGS.items()},
        advice="In each row, find the largest position at which the mask is 1.",
    )


def by_the_first_row(hidden, mask):
    """(B, D): padding is taken to be on the left where the first row ends with a real token, else on the right."""
    return hidden[:, -1] if mask[0, -1] else vectors_at(lambda mask: mask.sum(dim=1) - 1)(hidden, mask)


BY_FIRST_ROW = "The side of the padding is guessed from the first row, which may have none."


def expect_the_side_is_not_guessed(student, rng, lengths):
    """Pooling where the first row of a batch padded on the right is full, so that it has no padding to show."""
    _, mask = padded_batch(random_texts(rng, max(lengths) + 1, *rng.permutation(lengths)), "right")
    hidden = rng.randn(*mask.shape, 3)
    expect_equal(
        student.last_token_pool(hidden, mask),
        last_real_vectors(hidden, mask),
        what="What is pooled where the first row is full",
        mistakes={BY_FIRST_ROW: by_the_first_row(hidden, mask)},
    )


def expect_others_left_out(student, rng):
    """Pooling where another position is infinite, and where the last position has no exact number in bfloat16."""
    _, mask = padded_batch(random_texts(rng, *rng.permutation([2, 5, 3])), rng.choice(["right", "left"]))
    hidden = rng.randn(3, 5, 4)
    right = last_real_vectors(hidden, mask)
    last = [int(row.nonzero().max()) for row in mask]
    for row, at in enumerate(last):
        hidden[row, rng.choice([one for one in range(5) if one != at]), 0] = math.inf
    result = student.last_token_pool(hidden, mask)
    if isinstance(result, torch.Tensor) and result.shape == right.shape and result[:, 0].isnan().all():
        if torch.equal(result[:, 1:], right[:, 1:]):
            fail("Other positions are multiplied by 0, not left out, which gives NaN where one is infinite.")
    expect_equal(result, right, what="What is pooled where another position is infinite")
    at = 257 + 4 * rng.randint(0, 9)  # which bfloat16 rounds as it does the two before
    mask = (torch.arange(at + 9) <= at).long()[None]
    hidden = rng.randn(1, at + 9, 2).bfloat16()
    expect_equal(
        student.last_token_pool(hidden, mask),
        hidden[:, at],
        what="What is pooled of a long text in half precision",
        mistakes={
            "Positions are counted in the dtype of the hidden states, which is too coarse for long texts.": (
                AnyOf(hidden[:, at - 1], hidden[:, at - 2])
            )
        },
    )


def expect_one_text(result, hidden):
    """Of one text that is all real (1, T, D): its last vector, with the batch dimension and the dtype."""
    if isinstance(result, torch.Tensor) and result.ndim == 1:
        fail("The batch dimension is lost when there is one text.", got=tuple(result.shape))
    if isinstance(result, torch.Tensor) and result.dtype != hidden.dtype:
        fail("What is pooled does not keep the dtype of the hidden states.", expected=hidden.dtype, got=result.dtype)
    expect_equal(result, hidden[:, -1], what="What is pooled of one text")


def expect_no_vector(student, hidden, mask):
    """A mask with a row of zeros must raise ValueError."""
    try:
        student.last_token_pool(hidden, mask)
    except StudentError as error:
        if error.type != "ValueError":
            fail("A row without a real token must raise ValueError.", got=error.type)
    else:
        fail("Padding is pooled for a row that has no real token; it must raise ValueError.")


@probe
def pooled_gradient(student, hidden, mask, direction):
    """The gradient at the hidden states of the pooled vectors times a direction; None where there is no graph."""
    hidden = hidden.clone().requires_grad_()
    pooled = student.last_token_pool(hidden, mask)
    if not pooled.requires_grad:
        return None
    (pooled * direction).sum().backward()
    return hidden.grad


def expect_pooled_gradient(gradient, direction, last):
    """A gradient (B, T, D) that is `direction` (B, D) at each row's last real position, and 0 elsewhere."""
    if gradient is None:
        fail("What is pooled has no graph, so nothing before it can learn.")
    expected = torch.zeros_like(gradient)
    expected[torch.arange(len(last)), last] = direction
    expect_close(gradient, expected, what="The gradient at the hidden states", **TOL_FP32)


# --- a GPT-2 with a head ---------------------------------------------------------------------------------------------


class GPT2ClassifierOracle:
    """A GPT-2 (D wide, from a seed), a head (C, D), and what should come of a text: read alone, without any padding."""

    def __init__(self, seed, weight, bias=None, *, heads=2, layers=1):
        self.seed, self.width, self.heads, self.layers = seed, weight.shape[1], heads, layers
        self.backbone = builders.tiny_gpt2(seed, width=self.width, heads=heads, layers=layers).transformer
        self.weight, self.bias = weight, torch.zeros(len(weight)) if bias is None else bias

    def head(self, vectors):
        """Logits (..., C) of vectors (..., D)."""
        return vectors @ self.weight.T + self.bias

    @torch.no_grad()
    def hidden(self, input_ids, **told):
        """Hidden states (B, T, D) as the backbone gives them when it is told this besides: mask, positions."""
        return self.backbone(input_ids, **told).last_hidden_state

    def logits(self, sequences):
        """Right logits (B, C): each text alone, its last vector through the head."""
        return self.logits_of_positions(sequences, [-1] * len(sequences))

    def logits_of_positions(self, sequences, positions):
        """Logits (B, C) of the vector at one position of each text."""
        pairs = zip(sequences, positions, strict=True)
        return self.head(torch.stack([self.hidden(torch.tensor([text]))[0, at] for text, at in pairs]))

    def logits_before_the_norm(self, sequences):
        """Logits (B, C) from vectors that have not gone through the final norm."""
        norm, self.backbone.ln_f = self.backbone.ln_f, nn.Identity()
        logits = self.logits(sequences)
        self.backbone.ln_f = norm
        return logits

    def batch_logits(self, input_ids, mask, **told):
        """Logits (B, C) of a batch's last real tokens when the backbone is told this: mask, positions."""
        return self.head(last_real_vectors(self.hidden(input_ids, **told), mask))


# --- what is trainable -----------------------------------------------------------------------------------------------

BY_PART_OF_NAME = "Whatever has classifier in its name is taken for the head, which is model.classifier alone."
HEAD = ["classifier.bias", "classifier.weight"]


def parts_of(names):
    """Which parts of a model these parameters are in: "h.3" for a block, else "ln_f", "wte" or "classifier"."""
    words = [name.removeprefix("backbone.").split(".") for name in names]
    return sorted({".".join(word[:2]) if word[0] == "h" else word[0] for word in words})


@probe
def unfreeze_in_turn(student, blocks, trainable, calls, cut=0):
    """After each unfreeze_last_blocks(model, n): the exception and its message, and which parameters are trainable.

    The config still counts `cut` blocks that are there no longer.
    """
    import types

    # Build a stand-in under GPT-2's names
    backbone = nn.Module()
    said = blocks + cut
    backbone.config = types.SimpleNamespace(n_layer=said, num_hidden_layers=said, n_embd=2, hidden_size=2)
    backbone.wte = nn.Embedding(3, 2)
    backbone.h = nn.ModuleList(nn.ModuleDict({"ln_1": nn.LayerNorm(2), "mlp": nn.Linear(2, 2)}) for _ in range(blocks))
    backbone.ln_f = nn.LayerNorm(2)
    model = nn.Module()
    model.backbone, model.classifier = backbone, nn.Linear(2, 2)
    for name, tensor in model.named_parameters():
        tensor.requires_grad_(name.startswith(tuple(trainable)))
    found = []
    for n in calls:
        error = message = None
        try:
            student.unfreeze_last_blocks(model, n)
        except Exception as raised:
            error, message = type(raised).__name__, str(raised)
        names = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
        found.append({"error": error, "message": message, "trainable": names})
    return found


# What is left trainable of the head, the embeddings and the first block by a function that must only unfreeze.
MISTAKES_OF_FREEZING = {
    "It freezes what was trainable before; it must only unfreeze.": [],
    "It freezes the other blocks; it must only unfreeze.": ["classifier", "wte"],
    "It freezes the rest of the backbone; it must only unfreeze.": ["classifier"],
    "It freezes the head; it must only unfreeze.": ["h.0", "wte"],
}


ALL_REFUSED = "As many blocks as there are is refused; only more are too many."


def expect_refused(result, blocks, trainable):
    """After a number of blocks that the model doesn't have: ValueError, with a message, and the model as it was."""
    if result["error"] is None:
        fail("A number of blocks that the model does not have is accepted without an error.")
    if result["error"] != "ValueError":
        fail("A number of blocks that the model does not have must raise ValueError.", got=result["error"])
    if parts_of(result["trainable"]) != trainable:
        fail("A wrong number of blocks raises an error, but changes the model first.", got=result["trainable"])
    if not names_one(result["message"], [blocks]):
        fail("The error for a wrong number of blocks doesn't say how many there are.", got=result["message"])


@probe
def prepared_in_turn(student, blocks, calls, frozen=(), cut=0, beside=False):
    """After each prepare_finetuning(model, *call) on one model: the error, what is trainable, what the optimizer is.

    Every parameter gets a gradient of 1 before the optimizer's step, so `moved` is what the optimizer holds. Before the
    first call those are frozen whose names begin so. The config still counts `cut` blocks that are there no longer.
    `beside`: the model has an adapter beside backbone and head.
    """
    import types

    torch.manual_seed(0)
    # Build a stand-in under GPT-2's names
    backbone = nn.Module()
    said = blocks + cut
    backbone.config = types.SimpleNamespace(n_layer=said, num_hidden_layers=said, n_embd=2, hidden_size=2)
    backbone.wte = nn.Embedding(3, 2)
    backbone.h = nn.ModuleList(nn.ModuleDict({"ln_1": nn.LayerNorm(2), "mlp": nn.Linear(2, 2)}) for _ in range(blocks))
    backbone.ln_f = nn.LayerNorm(2)
    model = nn.Module()
    model.backbone, model.classifier = backbone.eval(), nn.Linear(2, 2)  # the head is in train mode
    if beside:
        model.adapter = nn.Linear(2, 2)

    for name, tensor in model.named_parameters():
        tensor.requires_grad_(not name.startswith(tuple(frozen)))
    names = {id(tensor): name for name, tensor in model.named_parameters()}
    standard = torch.optim.AdamW([nn.Parameter(torch.ones(1))]).defaults
    found = []
    for call in calls:
        # Call
        modes = [part.training for part in model.modules()]
        for tensor in model.parameters():
            tensor.grad = torch.full_like(tensor, 2.0)
        optimizer = error = message = None
        try:
            optimizer = student.prepare_finetuning(model, *call)
        except Exception as raised:
            error, message = type(raised).__name__, str(raised)
        groups = [] if optimizer is None else optimizer.param_groups
        modes_changed = modes != [part.training for part in model.modules()]
        cleared = [
            name for name, tensor in model.named_parameters() if tensor.grad is None or not (tensor.grad == 2).all()
        ]

        # Look at the optimizer's groups
        rates = {}
        for group in groups:
            for tensor in group["params"]:
                rates.setdefault(names.get(id(tensor), "another tensor"), []).append(group["lr"])
        settings = ("betas", "eps", "weight_decay", "amsgrad", "maximize")
        other = [name for name in settings if any(group.get(name) != standard[name] for group in groups)]

        # Step
        trainable = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
        before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
        for tensor in model.parameters():
            tensor.grad = torch.ones_like(tensor)
        if optimizer is not None:
            optimizer.step()
        moved = [name for name, tensor in model.named_parameters() if not torch.equal(before[name], tensor)]

        found.append(
            {
                "error": error,
                "message": message,
                "trainable": trainable,
                "rates": rates,
                "moved": moved,
                "kind": "AdamW" if isinstance(optimizer, torch.optim.AdamW) else type(optimizer).__name__,
                "other": other,
                "modes_changed": modes_changed,
                "cleared": cleared,
            }
        )
    return found


def expect_optimizer(result, head_lr, backbone_lr):
    """An AdamW with torch's defaults that holds what is trainable, each at its rate, and nothing else."""
    if missing := sorted(set(result["trainable"]) - set(result["rates"])):
        fail(
            "Some trainable parameters are in no optimizer: it was made before they were unfrozen.",
            got=missing,
            advice="Set all flags first, and call param_groups last.",
        )
    if extra := sorted(set(result["rates"]) - set(result["trainable"])):
        fail("The optimizer holds parameters that are frozen.", got=extra)
    expected = {name: [head_lr if name in HEAD else backbone_lr] for name in result["trainable"]}
    expect_close(
        result["rates"],
        expected,
        what="The rate of every parameter in the optimizer",
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "One rate is used for head and backbone.": {name: [head_lr] for name in expected},
            "The two rates are swapped.": {name: [backbone_lr if name in HEAD else head_lr] for name in expected},
        },
    )
    if result["kind"] != "AdamW":
        fail("The optimizer must be a torch.optim.AdamW.", expected="AdamW", got=result["kind"])
    if result["other"]:
        fail("Apart from the rates, the optimizer must have torch's own defaults.", got=result["other"])


def with_rates(rng, strategies):
    """A call of prepare_finetuning for each strategy: [strategy, head_lr, backbone_lr], with rates of its own."""
    return [[one, rng.randint(100, 900) / 10_000, rng.randint(100, 900) / 100_000] for one in strategies]


HEAD_AS_IT_WAS = "A head that was frozen before stays frozen; it is always trained."


def strategy_mistakes(strategy, blocks):
    """What known mistakes make trainable under a strategy, by sentence."""
    every_block = [f"h.{block}" for block in range(blocks)]
    everything = sorted(["classifier", *every_block, "ln_f", "wte"])
    if strategy == "full":
        return {
            "The embeddings stay frozen; full means everything.": sorted(["classifier", *every_block, "ln_f"]),
            "Only the head is trainable; full means everything.": ["classifier"],
        }
    if strategy == "frozen":
        return {
            "The head is frozen too, so nothing can be learned.": [],
            "Nothing is frozen.": everything,
            "The final norm is trainable although the backbone is to be frozen.": ["classifier", "ln_f"],
        }
    last = every_block[blocks - int(strategy.removeprefix("last-")) :]
    return {
        "The head is frozen too, though it is new and must learn.": sorted([*last, "ln_f"]),
        "The last blocks stay frozen.": ["classifier"],
        "Everything is trainable, not the last blocks only.": everything,
        "The number of blocks in the strategy is not used.": ["classifier", every_block[-1], "ln_f"],
    }


def expect_strategy_refused(result, strategy, blocks, trainable):
    """After a strategy with more blocks than there are: ValueError, with a message, and what was trainable is."""
    if result["error"] is None:
        fail("A strategy with more blocks than there are is accepted without an error.")
    if result["error"] != "ValueError":
        fail("A strategy with more blocks than there are must raise ValueError.", got=result["error"])
    if result["trainable"] != trainable:
        fail(
            "A strategy that can't be carried out raises an error, but changes the model first.",
            got=result["trainable"],
        )
    if not names_one(result["message"], [strategy, "frozen", blocks]):
        fail("The error for a strategy that can't be carried out doesn't say what to pass.", got=result["message"])


def expect_strategies(results, calls, blocks, frozen=()):
    """Hold each call of prepared_in_turn on one model against its strategy and rates, and against the call before."""
    every_block = [f"h.{block}" for block in range(blocks)]
    before = sorted({"classifier", *every_block, "ln_f", "wte"} - {*frozen})
    for (strategy, *rates), result in zip(calls, results, strict=True):
        # 2 tensors in the head, 4 in a block, 2 in the norm, 1 in the embedding
        if strategy == "full":
            parts, tensors = ["classifier", *every_block, "ln_f", "wte"], 5 + 4 * blocks
        elif strategy in ("frozen", "last-0"):
            parts, tensors = ["classifier"], 2
        else:
            n = int(strategy.removeprefix("last-"))
            parts, tensors = ["classifier", *every_block[-n:], "ln_f"], 4 + 4 * n
        if result["error"] is not None:
            fail("prepare_finetuning raises for a strategy that it must know.")
        trainable = parts_of(result["trainable"])
        expect_equal(
            trainable,
            sorted(parts),
            what="What a strategy makes trainable after other strategies",
            mistakes={
                "What an earlier call made trainable stays trainable.": sorted({*parts, *before}),
                "What an earlier call froze stays frozen.": sorted({*parts} & {*before}),
                HEAD_AS_IT_WAS: sorted({*parts} - {"classifier"}),
                **strategy_mistakes(strategy, blocks),
            },
        )
        if len(result["trainable"]) != tensors:
            fail("Of the parts that a strategy trains only some parameters are trainable.", got=result["trainable"])
        expect_optimizer(result, *rates)
        if sorted(result["moved"]) != sorted(result["trainable"]):
            fail("A step of the optimizer does not move exactly what is trainable.", got=result["moved"])
        before = trainable


# --- a classifier that is a table ------------------------------------------------------------------------------------


def token_counts(batch, vocabulary):
    """(B, V): how often each token stands in each text."""
    one_hot = F.one_hot(batch["input_ids"], vocabulary)  # (B, T, V)
    return (one_hot * batch["attention_mask"][..., None]).sum(dim=1).float()


def table_logits(table, batch):
    """(B, C): what builders.TableClassifier gives, as counts (B, V) · table (V, C)."""
    return token_counts(batch, len(table)) @ table


def cross_entropy_gradient(table, batch):
    """The gradient (V, C) of the batch's mean cross-entropy at the table: counts' · (softmax - one-hot) / B."""
    target = F.one_hot(batch["labels"], table.shape[1]).float()  # (B, C)
    error = table_logits(table, batch).softmax(dim=1) - target  # (B, C)
    return token_counts(batch, len(table)).T @ error / len(target)


def momentum_steps(table, batches, momentum, rate):
    """The table (V, C) before the first step and after each: v ← momentum · v + gradient, table ← table - rate · v."""
    tables, velocity = [table], torch.zeros_like(table)
    for batch in batches:
        velocity = momentum * velocity + cross_entropy_gradient(tables[-1], batch)
        tables.append(tables[-1] - rate * velocity)
    return tables


def mean_loss(tables, batches):
    """The cross-entropy per example, each batch with its own table."""
    pairs = list(zip(tables, batches, strict=True))
    total = sum(F.cross_entropy(table_logits(*pair), pair[1]["labels"], reduction="sum").item() for pair in pairs)
    return total / sum(len(batch["labels"]) for batch in batches)


def without_mask(batches):
    """The same batches with a mask of ones."""
    return [{**batch, "attention_mask": torch.ones_like(batch["attention_mask"])} for batch in batches]


@contextmanager
def any_iterable():
    """Around a call with a loader that has no length."""
    try:
        yield
    except StudentError as error:
        if error.type == "TypeError" and "len()" in error.message:
            fail("It asks the loader for its length; any iterable of batches must do.")
        raise


def expect_two_epochs(result, table, batches, momentum, rate):
    """Hold the table after two epochs with one optimizer, and both losses, against what momentum_steps gives."""
    tables = momentum_steps(table, [*batches, *batches], momentum, rate)
    end_of_first = len(batches)
    expect_close(
        result["table"],
        tables[-1],
        what="The model after two epochs with momentum",
        mistakes={
            "The optimizer's state is lost between epochs.": lambda: momentum_steps(
                tables[end_of_first], batches, momentum, rate
            )[-1],
            "The attention mask does not reach the model.": lambda: momentum_steps(
                table, without_mask([*batches, *batches]), momentum, rate
            )[-1],
        },
        rtol=1e-3,
        atol=1e-3,
    )
    if result["kinds"] == ["NoneType"] * 2:
        fail("It returns nothing; it must return the mean loss.")
    if any(kind != "float" for kind in result["kinds"]):
        fail("The mean loss must be a plain float; a tensor with a graph would keep every batch in memory.")
    before_steps = tables[:end_of_first], tables[end_of_first:-1]
    after_steps = tables[1 : end_of_first + 1], tables[end_of_first + 1 :]
    expect_close(
        result["losses"],
        [mean_loss(epoch, batches) for epoch in before_steps],
        what="The mean losses of two epochs",
        mistakes={
            "The losses are measured after each step, not before it.": [
                mean_loss(epoch, batches) for epoch in after_steps
            ],
        },
        rtol=1e-3,
        atol=1e-3,
    )


# --- a language model with opinions ----------------------------------------------------------------------------------


@probe
def perplexity_of_gpt2(student, seed, factor, batches):
    """The perplexity that the student measures of a small GPT-2 whose logits are multiplied by a factor."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    model.config.use_cache = True  # as in a GPT-2 that was loaded; a forgotten mask shows only so
    with torch.no_grad():
        model.transformer.ln_f.weight.mul_(factor)
        model.transformer.ln_f.bias.mul_(factor)
    return student.perplexity(model, [{"input_ids": ids, "attention_mask": mask} for ids, mask in batches])


@torch.no_grad()
def sharpened_gpt2(seed, factor=10):
    """The model that the probe makes: with 10, its logits are spread widely enough for mistakes to show."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    model.transformer.ln_f.weight.mul_(factor)
    model.transformer.ln_f.bias.mul_(factor)
    return model


@probe
def perplexities(student, seed, batches, dropout):
    """The perplexity that the student measures of one small GPT-2 in eval and in train mode; what that did to it."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    with torch.no_grad():
        model.transformer.ln_f.weight.mul_(10)
        model.transformer.ln_f.bias.mul_(10)
    model.transformer.drop.p = dropout
    model.transformer.wpe.weight.requires_grad_(False)
    model.transformer.ln_f.bias.grad = model.transformer.ln_f.bias.detach().clone()
    graphs, ran = [], []

    def watch(module, args, output):
        graphs.append(output.logits.requires_grad)
        ran.append(module.training)

    model.register_forward_hook(watch)
    measured = []
    for mode in (False, True):
        model.train(mode)
        value = student.perplexity(model, ({"input_ids": ids, "attention_mask": mask} for ids, mask in batches))
        measured.append({"value": value, "kind": type(value).__name__, "mode": model.training, "came": mode})
    return {
        "measured": measured,
        "graph": any(graphs),
        "train_mode": any(ran),
        "grad_enabled": torch.is_grad_enabled(),
        "frozen": [name for name, tensor in model.named_parameters() if not tensor.requires_grad],
        "gradient": model.transformer.ln_f.bias.grad,
    }


@torch.no_grad()
def negative_log_likelihoods(model, sequences):
    """Of each text, read alone, -log p of its tokens but the first: (T - 1,) each."""
    losses = []
    for text in sequences:
        ids = torch.tensor([text])
        losses.append(F.cross_entropy(model(ids).logits[0, :-1], ids[0, 1:], reduction="none"))
    return losses


def losses_of(seed, sequences, factor=10):
    """-log p (N,) of the tokens of all these texts but the first of each."""
    return torch.cat(negative_log_likelihoods(sharpened_gpt2(seed, factor), sequences))


def expect_no_trace(result, seed, expected):
    """What the probe above found, of one batch in eval mode, then in train mode with dropout."""
    in_eval, in_train = result["measured"]
    if in_eval["kind"] == "Tensor":
        fail("The perplexity must be a plain float.")
    if result["train_mode"]:
        fail("It measures in train mode, with dropout.", advice="language_model.eval() before the loop.")
    expect_close(in_eval["value"], expected, what="The perplexity of a model in eval mode", rtol=1e-3)
    expect_close(in_train["value"], expected, what="The perplexity of a model that comes in train mode", rtol=1e-3)
    if any(one["mode"] is not one["came"] for one in result["measured"]):
        fail("The mode that the model came in is not restored.")
    if result["graph"]:
        fail("It builds a graph while it measures.", advice="torch.no_grad() around the loop.")
    assert result["grad_enabled"], "It leaves gradients switched off afterwards."
    if result["frozen"] != ["transformer.wpe.weight"]:
        fail("What is trainable in the model has changed after measuring.", got=result["frozen"])
    expect_equal(
        result["gradient"],
        sharpened_gpt2(seed).transformer.ln_f.bias.detach(),
        what="A gradient that was there before measuring",
        mistakes={"Measuring clears the model's gradients.": AnyOf(None, torch.zeros(16))},
    )


def expect_nothing_to_predict(student, rng, *without):
    """Of these lists of batches no token counts: ValueError, with a message. A text of which some do is among them."""
    seed, (text,) = rng.randint(0, 1 << 30), random_texts(rng, rng.randint(2, 9))
    drawn = [list(padded_batch([text], "right"))]
    for batches in rng.permutation([*without, drawn]):
        try:
            value = student.run(perplexity_of_gpt2, seed, 10, batches)
        except StudentError as error:
            if batches is drawn:
                raise
            if error.type != "ValueError":
                fail("perplexity without a token to predict must raise ValueError.", got=error.type)
            if not names_one(error.message, []):
                fail("The error for texts without a token to predict has no message.")
            continue
        if batches is not drawn:
            fail("perplexity without a token to predict gives a number; it must raise ValueError.")
        expect_close(value, losses_of(seed, [text]).mean().exp().item(), what="The perplexity of one text", rtol=1e-4)


def expect_finite(result, expected):
    """The perplexity of a very surprised model, against its log."""
    if isinstance(result, torch.Tensor):
        fail("The perplexity must be a plain float.")
    if isinstance(result, (int, float)) and not math.isfinite(result):
        fail("A token that the model thinks impossible makes it infinite; take log_softmax, not the log of a softmax.")
    if not isinstance(result, (int, float)) or result <= 0:
        fail("The perplexity of a very surprised model has the wrong value.")
    expect_close(math.log(result), expected, what="The log of the perplexity of a very surprised model", rtol=1e-3)
