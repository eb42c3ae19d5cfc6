"""`python -m autograder` is the command `autograder`, and takes nothing else from the working directory."""

import sys

if not sys.flags.safe_path and sys.path and __name__ == "__main__":
    del sys.path[0]  # the working directory: a submission's torch.py may lie in it

from autograder.cli import main  # noqa: E402

main()
