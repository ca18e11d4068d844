"""What `bench quality` and `bench crowdkit` print, on answers small enough to check."""

import json

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
    for name in ("majority", "weighted_majority", "one_coin", "dawid_skene", "adaptive", "fixed"):
        assert told[name]["accuracy"] == 1.0
        assert told[name]["answers"] <= 6


def test_answers_without_truth_have_no_accuracy(tmp_path, capsys):
    text = "\n".join(row.rsplit(",", 1)[0] for row in ROWS.splitlines())

    quality.measure(written(tmp_path, text), quality.adaptive.Rule())

    told = last_line(capsys)
    assert told["majority"]["accuracy"] is None
    assert "fixed" not in told


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
