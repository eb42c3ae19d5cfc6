"""What both sides of the wall may use: lessons, the wire, stubs, a notebook's code, files, texts, errors."""
