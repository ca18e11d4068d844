"""A picture is taken away while a task that shows it is loaded. The twin does not wait."""

from itertools import count
from threading import Event

import pytest

from labeling.data import imports
from labeling.errors import MediaInUse, MediaRemoved
from labeling.media import removals, withdrawn
from labeling.models import Medium, Task
from tests.labeling import house
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)
IMAGES = (
    '<View><Image name="i" value="$image"/><Choices name="c" toName="i">'
    '<Choice value="a"/></Choices></View>'
)
NAME = f"{'a' * 64}.png"


def load_while_taking_away(monkeypatch, *, look):
    """How both ended: the picture is taken away while the load, which looks twice, has looked so
    many times and not committed."""
    made = house.project(config=IMAGES)
    Medium.objects.create(project=made, name=NAME, size_bytes=1)
    looked, tried, addresses_of = Event(), Event(), withdrawn.addresses_of
    looks = count(1)

    def late(project_id):
        gone = addresses_of(project_id)
        if next(looks) != look:
            return gone
        looked.set()
        tried.wait(money.PATIENCE_SECONDS)  # a lock that works keeps the removal away
        return gone

    def take_away():
        looked.wait(money.JOIN_SECONDS)
        removals.remove(made, NAME)
        tried.set()

    monkeypatch.setattr(withdrawn, "addresses_of", late)
    rows = [{"image": "/media/other.png"}, {"image": f"/media/{NAME}"}]
    return money.at_once(lambda: imports.load(made, rows=rows), take_away)


def test_a_picture_of_a_task_that_is_being_loaded_stays(monkeypatch):
    loaded, refused = load_while_taking_away(monkeypatch, look=2)

    assert loaded.load.added_count == 2
    assert isinstance(refused, MediaInUse)
    assert Medium.objects.get().removed_at is None


def test_a_picture_that_went_while_rows_were_checked_is_refused(monkeypatch):
    refused, removed = load_while_taking_away(monkeypatch, look=1)

    assert isinstance(refused, MediaRemoved)
    assert refused.data == {"row": 2}
    assert removed is None
    assert not Task.objects.exists()


def test_without_the_lock_the_task_has_lost_its_picture(monkeypatch):
    monkeypatch.setattr(removals, "_lock", lambda project: None)

    loaded, removed = load_while_taking_away(monkeypatch, look=2)

    assert (loaded.load.added_count, removed) == (2, None)
    assert set(Task.objects.values_list("state", flat=True)) == {Task.State.LOADED}
    assert Medium.objects.get().removed_at is not None
