"""The course as a site that needs no server and no network.

`build_site(course, lessons, folder)` writes it, `site_files(course, lessons)` gives its files alone.

pages.py    each page as the generator wants it: links, formulas, folded answers
lists.py    pages that are made: exercises with their hints, mistakes with what a student reads
playthings.py    pictures that answer to sliders: their data, computed with the reference
build.py    the tree of sources, the generator (Zensical) over it, and what it leaves to the network taken out
"""

from autograder.release.site.build import build_site, site_files
from autograder.release.site.lists import Mistake

__all__ = ["Mistake", "build_site", "site_files"]
