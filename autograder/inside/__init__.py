"""What runs in the process that the student owns: the executor, and the student's functions of other lessons."""
