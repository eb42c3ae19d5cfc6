"""One page about a class, and a page for each student, made from reports alone."""
