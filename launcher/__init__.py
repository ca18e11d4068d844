"""One supervisor for all processes of the product; Django is loaded by its children alone."""
