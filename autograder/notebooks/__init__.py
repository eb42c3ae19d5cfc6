"""Notebooks: as submissions (`code`), as the course hands them out (`build`), and while a student runs one (`live`)."""
