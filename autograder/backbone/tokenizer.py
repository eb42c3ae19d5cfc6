"""The tiny model's tokenizer: byte-level BPE of 2,048 tokens, trained on the tiny world.

Its training text also holds the words of the Alpaca and chat templates, so that a formatted prompt is tens of tokens
and not hundreds. The model's own training text doesn't: it can spell the markup and has never read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from .world import documents

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

VOCAB_SIZE = 2048
EOS_TOKEN = "<|endoftext|>"
TRAINING_DOCUMENTS = 30_000

# Published prompt templates: Stanford Alpaca (both forms), ChatML, Llama 3.
TEMPLATES = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n\n\n### Response:\n",
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n\n\n### Input:\n\n\n### Response:\n",
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<|im_end|>\n<|im_start|>assistant\n",
    "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n<|eot_id|>",
    "User: \nAssistant: \n\nHuman: \n\nAI: \nQuestion: \nAnswer: \n",
)


def tokenizer_text(seed: int = 0) -> Iterator[str]:
    """What the BPE is trained on: the world, with one template in every tenth place."""
    for number, text in enumerate(islice(documents(f"tokenizer:{seed}"), TRAINING_DOCUMENTS)):
        yield text
        if number % 10 == 0:
            yield TEMPLATES[number // 10 % len(TEMPLATES)]


@cache
def trained_bpe(seed: int) -> str:
    """The BPE as JSON; trained once per process."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE,
        special_tokens=[EOS_TOKEN],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(tokenizer_text(seed), trainer)
    return tokenizer.to_str()


def train_tokenizer(seed: int = 0) -> PreTrainedTokenizerFast:
    """Train the BPE (seconds, always the same result for a seed) and return a `PreTrainedTokenizerFast`.

    The end-of-text token is id 0, ends every document of pretraining, and is also named as the padding token, as is
    usual for GPT-2: a mask must come from the lengths, never from `ids != pad_id`.
    """
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(trained_bpe(seed)),
        eos_token=EOS_TOKEN,
        pad_token=EOS_TOKEN,
        model_max_length=256,
        clean_up_tokenization_spaces=False,
    )
