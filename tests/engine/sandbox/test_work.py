"""What honest code does in a lesson works inside the walls, in children of a zygote that has imported everything."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from autograder.checking.student import Session, Student
from autograder.checking.submission import Submission
from autograder.sandbox import Zygote, detect

# The strongest walls, and the weakest: a folder instead of a tmpfs, no namespaces.
WALLED = [tier for tier in ("full", "process") if sys.platform == "linux" and tier not in detect().missing]
pytestmark = pytest.mark.skipif(not WALLED, reason="no sandbox here")

INSIDE = """
import asyncio, ctypes, os, tempfile, threading
import torch
from torch import nn


def model():
    from autograder import builders
    return builders.tiny_gpt2(seed=0)


def train(threads):
    torch.set_num_threads(threads)
    weights = nn.Linear(256, 256)
    optimizer = torch.optim.AdamW(weights.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    x = torch.randn(256, 256)
    losses = []
    for _ in range(10):
        loss = (weights(x) - x).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return losses, torch.get_num_threads()


def generate():
    settings = dict(max_new_tokens=5, min_new_tokens=5, do_sample=True, pad_token_id=0)
    return model().generate(torch.tensor([[1, 2, 3]]), **settings).shape[1]


def save_and_load():
    from safetensors.torch import load_file, save_file
    from transformers import GPT2LMHeadModel
    state = {"a": torch.arange(5.0)}
    torch.save(state, "state.pt")
    save_file(state, "state.safetensors")
    model().save_pretrained("model")
    again = GPT2LMHeadModel.from_pretrained("model")
    parameters = sum(p.numel() for p in again.parameters())
    return [torch.load("state.pt")["a"], load_file("state.safetensors")["a"], parameters]


def adapters():
    from peft import LoraConfig, PeftModel, get_peft_model
    adapted = get_peft_model(model(), LoraConfig(r=2, target_modules=["c_attn"], fan_in_fan_out=True))
    adapted.save_pretrained("adapter")
    PeftModel.from_pretrained(model(), "adapter")
    return adapted.get_nb_trainable_parameters()[0]


def tokenize():
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.train_from_iterator(["to be or not to be"] * 9, trainers.BpeTrainer(vocab_size=300, show_progress=False))
    tokenizer.save("tokenizer.json")
    fast = PreTrainedTokenizerFast(tokenizer_file="tokenizer.json", pad_token="!")
    return fast(["to be", "or not to be"], padding=True)["attention_mask"]


def concurrency():
    done = []
    workers = [threading.Thread(target=done.append, args=[n]) for n in range(8)]
    [worker.start() for worker in workers], [worker.join() for worker in workers]

    async def later(n):
        await asyncio.sleep(0.001)
        return await asyncio.to_thread(lambda: n + 1)

    async def both():
        return await asyncio.gather(later(1), later(2))

    return sorted(done), list(asyncio.run(both()))


def files():
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as one, tempfile.NamedTemporaryFile() as two:
        one.write(b"1"), two.write(b"2")
        open(os.path.join(folder, "a"), "w").close()
        return os.listdir(folder)


def native_callback():
    return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda n: n + 1)(41)
"""


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sandbox") / "trace"


@pytest.fixture(scope="module")
def zygotes(traced: Path) -> Iterator[dict[str, Zygote]]:
    with ExitStack() as stack, traced.open("w") as file, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_TRACE_IMPORTS", "1")
        kept = os.dup(2)
        os.dup2(file.fileno(), 2)  # a traced zygote keeps the standard error that it was started with
        try:  # they import at the same time
            started = {tier: stack.enter_context(Zygote.start(tier, wait=False)) for tier in WALLED}
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        yield started


@pytest.fixture(scope="module", params=WALLED)
def inside(request: pytest.FixtureRequest, zygotes: dict[str, Zygote]) -> Iterator[Student]:
    zygote = zygotes[request.param]
    zygote.wait()
    submission = Submission("someone", Path("someone.py"), {"lesson/lesson.py": INSIDE.encode()})
    session = Session("lesson", submission, zygote.spawn)
    session.begin(seed=1)
    yield Student(session)
    session.close()


@pytest.mark.parametrize("threads", [1, 2])
def test_training(inside, threads):
    losses, used = inside.train(threads)
    assert losses[-1] < losses[0] and used == threads


def test_generation(inside):
    assert inside.generate() == 8


def test_saving_and_loading(inside):
    saved, safe, parameters = inside.save_and_load()
    assert saved.tolist() == safe.tolist() == [0, 1, 2, 3, 4] and parameters > 10_000


def test_adapters(inside):
    assert inside.adapters() == 2 * 2 * (24 + 72)  # two layers of rank 2 from 24 to 72


def test_tokenizers(inside):
    assert [sum(row) for row in inside.tokenize()] == [2, 4]


def test_threads_and_asyncio(inside):
    assert inside.concurrency() == (list(range(8)), [2, 3])


def test_temporary_files_and_callbacks(inside):
    assert inside.files() == ["a"]
    assert inside.native_callback() == 42


def test_the_zygote_has_imported_what_lessons_need(inside, traced):
    """What is listed here belongs into `autograder.sandbox.preload`: each child that needs it loses time."""
    inside.generate(), inside.save_and_load(), inside.adapters(), inside.tokenize(), inside.train(1)
    lines = [line.split() for line in traced.read_text().splitlines() if "a child imported" in line]
    assert lines, "the trace itself works"
    assert {name for line in lines for name in line[4:]} == {"submission_lesson"}
