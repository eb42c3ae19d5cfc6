"""Hidden checks of `QLoRALinear`."""

import itertools

import torch
from quantization_hidden_oracles import NF4, block_maxima, nf4_codes, nf4_numbers
from torch import nn

from autograder.checks import StudentError, exercise, expect_close, fail, probe


def in_nf4(w, block_size=64):
    """w, quantized and back."""
    return (NF4[nf4_codes(w, block_size)[0]].view(w.shape) * block_maxima(w, block_size)[1]).float()


LAYER = {"rtol": 1e-4, "atol": 1e-3}  # outputs of some hundred, rounded by fp32 to 1e-4


class Detour:
    """A weight in NF4 with a detour, fresh numbers. Blocks of 64 run across rows, and the last one is short."""

    def __init__(self, rng, d_in=21, d_out=13, r=3, dtype=torch.float32):
        self.r, self.alpha = r, 7
        self.weight = nf4_numbers(rng, (d_out, d_in), 64, dtype)
        self.bias = rng.randn(d_out).to(dtype)
        self.A, self.B = rng.randn(r, d_in).to(dtype) / 2, rng.randn(d_out, r).to(dtype) / 2
        self.x = rng.randn(4, d_in).to(dtype)
        self.quantized = in_nf4(self.weight).double()

    def output(self, x=None, weight=None, bias=None):
        x = (self.x if x is None else x).double()
        weight = self.quantized if weight is None else weight
        base = x @ weight.T + (self.bias if bias is None else bias).double()
        return base + self.alpha / self.r * x @ (self.B.double() @ self.A.double()).T


@probe
def filled_qlora(student, weight, bias, A, B, alpha, x, state):
    """A QLoRALinear, a state loaded into it (if given), A and B filled (if given): output, state, merged layer."""
    from torch.multiprocessing.reductions import StorageWeakRef

    r = 3 if A is None else A.shape[0]
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    original = StorageWeakRef(linear.weight.untyped_storage())
    layer = student.QLoRALinear(linear, r, alpha)
    del linear
    if state is not None:
        layer(x)  # whoever keeps a dequantized copy makes it now
        layer.load_state_dict(state)
    if A is not None:
        with torch.no_grad():
            for tensor in layer.parameters():
                for values in (A, A.T, B, B.T):
                    if tensor.requires_grad and tensor.shape == values.shape:
                        tensor.copy_(values)
                        break
    output, merged = layer(x), layer.merge()
    weights = [merged.weight, merged.bias]
    with torch.no_grad():
        kept = [None if w is None else w.clone() for w in weights]
        for tensor in layer.parameters():
            if tensor.requires_grad:
                tensor += 1
        later = [None if w is None else w.clone() for w in weights]
        before = layer(x)
        for tensor in merged.parameters():
            tensor += 1
        shared = not torch.equal(before, layer(x))
    return {
        "shared": shared,
        "output": output,
        "state": dict(layer.state_dict()),
        "merged": kept,
        "merged_later": later,
        "dtypes": [str(tensor.dtype) for tensor in layer.parameters() if tensor.requires_grad],
        "holds_the_original": not original.expired(),
    }


def run_filled(student, case, bias=True, x=None, state=None):
    bias, x = case.bias if bias else None, case.x if x is None else x
    return student.run(filled_qlora, case.weight, bias, case.A, case.B, case.alpha, x, state)


@exercise("QLoRALinear", points=2)
def test_it_computes_from_packed_codes(student, rng):
    one, two, three = Detour(rng), Detour(rng), Detour(rng)
    states = [run_filled(student, case)["state"] for case in (one, two)]
    if states[0].keys() != states[1].keys():
        fail("The state's names differ from layer to layer.")
    mixed = {name: states[1][name] if states[0][name].is_floating_point() else states[0][name] for name in states[0]}
    seen = run_filled(student, three, state=mixed)
    spread = block_maxima(two.weight, 64)[1]
    weight = NF4[nf4_codes(one.weight, 64)[0]].view(spread.shape) * spread
    expect_close(
        seen["output"].double(),
        three.output(weight=weight, bias=two.bias),
        what="The output after loading codes and block maxima",
        mistakes={
            "forward does not compute from what stands in state_dict().": lambda: three.output(),
            "forward computes from a copy that was made before the state was loaded.": lambda: three.output(
                bias=two.bias
            ),
            "The bias that was loaded is not used.": lambda: three.output(weight=weight),
        },
        rtol=1e-4,
        atol=1e-5 * float(spread.max()) + 1e-3,
    )
    update = 7 / 3 * three.B.double() @ three.A.double()
    expect_close(
        seen["merged"][0].double(),
        weight + update,
        what="The merged weight after loading codes and block maxima",
        mistakes={"merge() does not read the codes that were loaded.": lambda: three.quantized + update},
        rtol=1e-4,
        atol=1e-5 * float(spread.max()) + 1e-3,
    )
    if seen["holds_the_original"]:
        fail("The layer still holds the weight that it was made from, outside of its state.")


@exercise("QLoRALinear")
def test_what_was_merged_stays(student, rng):
    case = Detour(rng)
    seen = run_filled(student, case)
    right = case.quantized + 7 / 3 * case.B.double() @ case.A.double()
    expect_close(
        [one.double() for one in seen["merged_later"]],
        [right, case.bias.double()],
        what="The merged layer after this one was trained on",
        **LAYER,
    )
    if seen["shared"]:
        fail("Training the merged layer changes this one too: they share a tensor, such as the bias.")


@exercise("QLoRALinear")
def test_without_bias_and_with_more_dimensions_in_nf4(student, rng):
    case = Detour(rng, d_in=9, d_out=7, r=10)  # a rank above both sides
    for shape in ((9,), (2, 3, 9), (0, 9)):
        x = rng.randn(*shape)
        try:
            seen = run_filled(student, case, bias=False, x=x)
        except StudentError as error:
            fail("A layer without bias, a large rank or another shape of input is refused.", got=str(error))
        right = case.output(x) - case.bias.double()
        expect_close(seen["output"].double(), right, what="The output without bias", **LAYER)
        if seen["merged"][1] is not None:
            fail("The merged layer has a bias, although the layer has none.")


@exercise("QLoRALinear")
def test_a_and_b_have_the_dtype_of_the_linear_layer(student, rng):
    for dtype, tolerance in ((torch.float64, 1e-5), (torch.bfloat16, 0.05)):
        case = Detour(rng, dtype=dtype)
        try:
            seen = run_filled(student, case)
        except StudentError as error:
            if error.type != "RuntimeError":
                raise
            fail("A, B and the dequantized weight do not have the dtype of the linear layer.", got=str(error))
        if any(kind != str(dtype) for kind in seen["dtypes"]):
            fail("A and B do not have the dtype of the linear layer.")
        if seen["output"].dtype != dtype or seen["merged"][0].dtype != dtype:
            fail("What comes out, or the merged weight, does not have the dtype of the linear layer.")
        right = case.output()
        expect_close(
            seen["output"].double(),
            right,
            what="The output in another dtype",
            rtol=0,
            atol=tolerance * float(right.abs().max()),
        )


@probe
def two_starts(student, seed, other_seed):
    """The random matrices of three layers: two made after one seed, one after another; and a draw after each seed."""
    starts, draws = [], []
    for count, start in ((2, seed), (1, other_seed)):
        torch.default_generator.manual_seed(start)
        for _ in range(count):
            layer = student.QLoRALinear(nn.Linear(6, 5), 2, 7)
            starts += [tensor for tensor in layer.parameters() if tensor.requires_grad and bool((tensor != 0).any())]
        draws.append(torch.rand(()))
    return {"starts": starts, "draws": draws}


@exercise("QLoRALinear")
def test_every_layer_draws_its_own_start(student, rng):
    seen = student.run(two_starts, rng.randint(0, 1 << 30), rng.randint(0, 1 << 30))
    same = any(a.shape == b.shape and torch.equal(a, b) for a, b in itertools.combinations(seen["starts"], 2))
    if len(seen["starts"]) != 3:
        fail("Not exactly one of A and B starts at zero.")
    for start in seen["starts"]:
        rows = start if start.shape[0] == 2 else start.T
        if torch.allclose(rows[0], rows[1], atol=1e-5):
            fail("The matrix that is not zero starts with equal rows, so they learn the same and the rank stays 1.")
    if same or torch.equal(*seen["draws"]):
        fail("It seeds torch's random generator itself, so every layer starts with the same numbers.")
    case = Detour(rng)
    expect_close(run_filled(student, case)["output"].double(), case.output(), what="The output", **LAYER)


@probe
def train_a_step(student, weight, alpha, x, direction, rate):
    """One SGD step on everything the layer calls a parameter: trainable tensors before and after, output, state."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        linear.weight.copy_(weight)
    layer = student.QLoRALinear(linear, 2, alpha)
    trained = [tensor for tensor in layer.parameters() if tensor.requires_grad]
    before = [tensor.detach().clone() for tensor in trained]
    optimizer = torch.optim.SGD(layer.parameters(), lr=rate)
    (layer(x) * direction).sum().backward()
    optimizer.step()
    return {"before": before, "after": trained, "output": layer(x)}


@exercise("QLoRALinear")
def test_a_training_step(student, rng):
    case = Detour(rng)
    direction = rng.randn(4, 13)
    seen = student.run(train_a_step, case.weight, 7, case.x, direction, 0.05)
    matrices = {tuple(sorted(tensor.shape)): number for number, tensor in enumerate(seen["before"])}
    if set(matrices) != {(2, 21), (2, 13)}:
        fail("The trainable tensors are not two matrices, r×d_in and d_out×r.")
    A, B = ([seen[when][matrices[shape]] for when in ("before", "after")] for shape in ((2, 21), (2, 13)))
    (A0, A1), (B0, B1) = ([t if t.shape[0] == 2 else t.T for t in A], [t if t.shape[1] == 2 else t.T for t in B])
    if torch.equal(A0, A1) and torch.equal(B0, B1):
        fail("The first training step moves nothing.")
    step = [A0 - 0.05 * 3.5 * (direction @ B0).T @ case.x, B0 - 0.05 * 3.5 * direction.T @ (case.x @ A0.T)]
    expect_close([A1, B1], step, what="A and B after a training step", **LAYER)
    right = case.x.double() @ (case.quantized + 3.5 * B1.double() @ A1.double()).T
    expect_close(seen["output"].double(), right, what="The output after a training step", **LAYER)
