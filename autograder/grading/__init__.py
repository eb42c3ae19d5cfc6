"""A class: many submissions graded into a folder, and what is made of the results."""
