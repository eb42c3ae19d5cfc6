"""What a check draws its inputs from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import torch

Item = TypeVar("Item")


class Rng(torch.Generator):
    """A check's `rng`: a CPU `torch.Generator` with the draws that checks make most.

    Give it as `generator=rng` to any other function of torch that draws.
    """

    def __new__(cls, seed: int) -> Rng:
        return super().__new__(cls)

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.manual_seed(seed)

    def randint(self, low: int, high: int, size: Sequence[int] | None = None) -> Any:
        """A whole number from low to high - 1; with a size, an int64 tensor of them."""
        if size is None:
            return int(torch.randint(low, high, (), generator=self))
        return torch.randint(low, high, tuple(size), generator=self)

    def randn(self, *size: Any, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Standard normal numbers; the size as torch takes it, none for one number."""
        return torch.randn(*size or ((),), generator=self, dtype=dtype)

    def rand(self, *size: Any) -> torch.Tensor:
        """Numbers from 0 to 1, float32; the size as torch takes it, none for one number."""
        return torch.rand(*size or ((),), generator=self)

    def choice(self, options: Sequence[Item]) -> Item:
        """One of the options, each as likely."""
        index: int = self.randint(0, len(options))
        return options[index]

    def permutation(self, options: Iterable[Item]) -> list[Item]:
        """The options in a random order."""
        options = list(options)
        return [options[index] for index in torch.randperm(len(options), generator=self).tolist()]
