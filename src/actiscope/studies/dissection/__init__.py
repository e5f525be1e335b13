"""Whether a channel answers to a concept, over many pictures."""

from actiscope.studies.dissection.caveats import caveats
from actiscope.studies.dissection.looking import Look, look
from actiscope.studies.dissection.result import (
    By,
    ChannelAnswer,
    Control,
    Dissection,
    Localization,
)
from actiscope.studies.dissection.run import check_concept, dissect
from actiscope.studies.dissection.summary import answer, describe, standing
from actiscope.studies.dissection.surveying import CONTROLS

__all__ = [
    "CONTROLS",
    "By",
    "ChannelAnswer",
    "Control",
    "Dissection",
    "Localization",
    "Look",
    "answer",
    "caveats",
    "check_concept",
    "describe",
    "dissect",
    "look",
    "standing",
]
