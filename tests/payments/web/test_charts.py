"""Charts: every bar has its value beside it."""

from datetime import date

from payments.web import charts

DAY = date(2026, 11, 26)


def test_the_best_day_has_the_longest_bar_and_little_is_still_seen():
    chart = charts.of_days([(DAY, 0), (DAY, 1), (DAY, 500_000), (DAY, 1_000_000)])

    assert [bar.length for bar in chart.bars] == [0, 2, charts.LONGEST // 2, charts.LONGEST]
    assert [bar.amount for bar in chart.bars] == ["0.00", "0.000001", "0.50", "1.00"]
    assert [bar.top for bar in chart.bars] == [0, 24, 48, 72]
    assert (chart.height, chart.total, chart.is_empty) == (96, "1.500001\u00a0tUSD", False)
    assert max(bar.value_x for bar in chart.bars) < charts.WIDTH


def test_nothing_is_drawn_of_nothing():
    assert charts.of_days([(DAY, 0)]).is_empty
    assert charts.of_days([]).is_empty
