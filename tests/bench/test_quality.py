"""What `bench quality` and `bench crowdkit` print, on answers small enough to check."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from bench import crowdkit, quality
from labeling.aggregation.votes import Votes

ROWS = """task,worker,label,truth
t1,ann,A,A
t1,bob,A,A
t1,cid,B,A
t2,ann,B,B
t2,bob,B,B
t2,cid,B,B
"""


def written(folder, text=ROWS):
    path = folder / "crowd.csv"
    path.write_text(text)
    return path


def last_line(capsys):
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_last_line_holds_every_model(tmp_path, capsys):
    call_command("bench", "quality", str(written(tmp_path)))

    told = last_line(capsys)
    assert told["file"] == "crowd.csv"
    assert told["chosen"] == "one_coin"
    assert told["alpha"] == pytest.approx(1 - (2 / 6) / (16 / 30))
    rows = ["adaptive", "fixed", "fixed_at_most"]
    for name in ("majority", "weighted_majority", "one_coin", "dawid_skene", *rows):
        assert told[name]["accuracy"] == 1.0
        assert told[name]["answers"] <= 6


def test_answers_without_truth_have_no_accuracy(tmp_path, capsys):
    text = "\n".join(row.rsplit(",", 1)[0] for row in ROWS.splitlines())

    quality.measure(written(tmp_path, text), quality.Rule())

    told = last_line(capsys)
    assert told["majority"]["accuracy"] is None
    assert "fixed" not in told


CROWD = Path(__file__).resolve().parents[3] / "shared" / "data" / "crowd"


@pytest.fixture(scope="module")
def crowd():
    """The figures of a file under a rule."""

    def told(name, **rule):
        if not (CROWD / name).exists():
            pytest.skip(f"{name} is not here")
        return quality.figures(quality.read(CROWD / name), quality.Rule(**rule))

    return told


def test_on_bluebirds_the_best_model_is_right_on_88_percent(crowd):
    found = crowd("bluebirds.csv", at_most=3)

    assert found["majority"]["accuracy"] == pytest.approx(0.759, abs=0.001)
    assert found["dawid_skene"]["accuracy"] >= 0.88


NEAR = 0.005  # half a task in a hundred: less than the orders of a run differ by


@pytest.mark.parametrize(
    ("name", "at_most", "share"), [("bluebirds.csv", 9, 0.8), ("hcb-relevance.csv", 5, 0.9)]
)
def test_adaptive_overlap_is_as_right_as_its_most_with_clearly_fewer_answers(
    crowd, name, at_most, share
):
    found = crowd(name, at_most=at_most)

    adaptive, most = found["adaptive"], found["fixed_at_most"]
    assert adaptive["accuracy"] >= most["accuracy"] - NEAR
    assert adaptive["answers"] < share * most["answers"]


def test_with_as_many_answers_as_there_are_a_fixed_overlap_needs_far_more_for_the_same(crowd):
    found = crowd("bluebirds.csv")

    assert found["adaptive"]["accuracy"] >= 0.85
    assert found["fixed"]["answers"] > 1.3 * found["adaptive"]["answers"]


def test_speed_is_told_in_seconds(monkeypatch, capsys):
    monkeypatch.setitem(quality.MADE, "answers", 3_000)

    call_command("bench", "quality", "--speed")

    told = last_line(capsys)
    assert told["answers"] == 3_000
    assert set(told["cpu_seconds"]) == {
        *("votes", "majority", "weighted_majority", "one_coin", "dawid_skene", "alpha")
    }


def test_a_hundred_thousand_answers_take_less_than_a_fifth_of_a_second(capsys):
    call_command("bench", "quality", "--speed")

    told = last_line(capsys)
    assert told["answers"] == 100_000
    models = ("majority", "weighted_majority", "one_coin", "dawid_skene")
    assert max(told["cpu_seconds"][name] for name in models) < 0.2


@pytest.mark.parametrize("words", [["quality"], ["quality", "{file}", "--speed"]])
def test_a_file_or_the_speed_is_measured(tmp_path, words):
    file = str(written(tmp_path))

    with pytest.raises(CommandError, match="Name a file"):
        call_command("bench", *(word.replace("{file}", file) for word in words))


@pytest.mark.parametrize("kind", ["quality", "crowdkit"])
@pytest.mark.parametrize("text", ["", "task,worker\nt1,ann\n", "task,worker,label\n"])
def test_a_file_without_answers_is_refused(tmp_path, kind, text):
    with pytest.raises(CommandError, match="needs the columns"):
        call_command("bench", kind, str(written(tmp_path, text)))


def test_our_labels_are_held_against_theirs(tmp_path):
    crowd = quality.read(written(tmp_path))
    theirs = {"labels": {"t1": "B", "t2": "B"}, "seconds": 0.5}

    found = crowdkit._compared(crowd, Votes.of(crowd.rows), "majority", theirs)

    assert (found["equal"], found["undecided"]) == (0.5, 0.0)
    assert (found["accuracy"], found["their_accuracy"]) == (1.0, 0.5)


def test_crowdkit_is_locked_by_version_and_hash():
    lines = crowdkit.REQUIREMENTS.read_text().splitlines()

    names = [line for line in lines if line and line[0] not in " #"]
    assert any(line.startswith("crowd-kit==") for line in names)
    assert all("==" in line and line.endswith("\\") for line in names)
    assert not any("://" in line or "torch" in line.split("==")[0] for line in names)
