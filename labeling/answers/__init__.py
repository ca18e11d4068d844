"""Answer types, in pure Python: read a configuration, check an answer, compare answers."""

from labeling.answers.config import Config
from labeling.answers.parser import parse

__all__ = ["Config", "parse"]
