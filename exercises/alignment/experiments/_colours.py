"""The colours of the charts."""

BLUE, PALE_BLUE, RED, GREEN, GREY = "#4c72b0", "#9fb8dc", "#c44e52", "#55a868", "#999999"
