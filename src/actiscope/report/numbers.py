"""Numbers as pages write them: with a minus sign, not a hyphen."""

from actiscope.pictures.lettering import format_percent, format_value

MINUS = "\N{MINUS SIGN}"


def number(value: float) -> str:
    """Write a value with four significant digits."""
    return format_value(value).replace("-", MINUS)


def percent(value: float | None) -> str:
    """Write a change in percent, a minus sign where there is none to tell."""
    return format_percent(value).replace("-", MINUS)
