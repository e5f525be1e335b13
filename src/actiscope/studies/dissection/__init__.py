"""Whether channels answer to concepts, over many pictures."""

from actiscope.studies.dissection.caveats import caveats, overview_caveats
from actiscope.studies.dissection.looking import Look, look
from actiscope.studies.dissection.overview import ConceptAnswer, Overview, survey
from actiscope.studies.dissection.result import (
    By,
    ChannelAnswer,
    Control,
    Dissection,
    Localization,
    Survey,
)
from actiscope.studies.dissection.run import check_concept, dissect
from actiscope.studies.dissection.summary import (
    answer,
    describe,
    describe_overview,
    overview_answer,
    standing,
)
from actiscope.studies.dissection.surveying import CONTROLS

__all__ = [
    "CONTROLS",
    "By",
    "ChannelAnswer",
    "ConceptAnswer",
    "Control",
    "Dissection",
    "Localization",
    "Look",
    "Overview",
    "Survey",
    "answer",
    "caveats",
    "check_concept",
    "describe",
    "describe_overview",
    "dissect",
    "look",
    "overview_answer",
    "overview_caveats",
    "standing",
    "survey",
]
