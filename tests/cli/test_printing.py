"""What is said while long work goes on."""

from actiscope.cli.printing import hint_if_long, print_table


def said(capsys, times, total):
    """Return what is said when one of so many is done at each of some times."""
    clock = iter([times[0], *times])
    tell = hint_if_long("do less", lambda: next(clock))
    for done in range(1, len(times) + 1):
        tell(done, total)
    return capsys.readouterr().err


def test_long_work_is_told_once_with_what_would_be_quicker(capsys):
    assert said(capsys, range(0, 20, 2), 301) == "about 10 min left; do less\n"


def test_short_work_is_not_told_of(capsys):
    assert said(capsys, range(0, 20, 2), 30) == ""


def test_numbers_of_a_table_stand_with_their_points_below_each_other(capsys):
    rows = [("1,822", "17.0 %"), ("-0.5", "dead"), ("1.5e-07", "3 %")]
    print_table(("value", "active"), rows, right=range(2))
    assert capsys.readouterr().out.splitlines() == [
        "      value  active",
        "1,822        17.0 %",
        "   -0.5        dead",
        "    1.5e-07     3 %",
    ]
