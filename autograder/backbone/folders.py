"""Where models lie, and how they are read without a progress bar: what loading and training both need."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TINY_FOLDER = Path(__file__).with_name("tiny")


def cache_folder() -> Path:
    """Where things are kept that are made once: `AUTOGRADER_CACHE`, or the platform's place for caches."""
    if chosen := os.environ.get("AUTOGRADER_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "autograder"


def control_folder() -> Path:
    """Where the single-wording control is kept once it has been trained."""
    return cache_folder() / "tiny-single"


@contextmanager
def no_progress_bars() -> Iterator[None]:
    """Without transformers' bar, which for a small model flashes by and stays on the screen."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
