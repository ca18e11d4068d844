"""Only a person rejects, and only through a case: no job, no plurality and no signal does."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOORS = {"api", "web"}  # what a person's request comes in by


def naming(words: str) -> list[str]:
    """The workshop's modules in whose code these words stand."""
    wanted = re.compile(words)
    found = sorted((ROOT / "labeling").rglob("*.py"))
    return [str(path.relative_to(ROOT)) for path in found if wanted.search(path.read_text())]


def test_a_rejection_is_a_case():
    assert naming(r"Conclusion\(\s*State\.(REJECTED|FORFEITED)") == ["labeling/review/cases.py"]
    assert naming(r"Conclusion\(") == ["labeling/judging/acceptance.py", "labeling/review/cases.py"]


def test_a_case_is_opened_by_somebody_who_asks_for_it():
    assert naming(r"\bcases\.open_cases\(") == ["labeling/review/reviews.py"]

    for path in naming(r"from labeling import [^#]*\breviews\b"):
        assert DOORS & set(Path(path).parts), path
