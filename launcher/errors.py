"""What keeps the product from starting or running, each in one sentence for a person."""


class CannotRun(Exception):
    """The sentence says what is wrong and what to do about it."""
