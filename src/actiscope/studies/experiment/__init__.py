"""A study as a file: pictures, edits, regions, and claims that are checked."""

from actiscope.studies.experiment.claims import Claim, Verdict, read_claim
from actiscope.studies.experiment.reading import EXAMPLES, read_study
from actiscope.studies.experiment.study import Comparison, Finding, Study, Variant, run_study

__all__ = [
    "EXAMPLES",
    "Claim",
    "Comparison",
    "Finding",
    "Study",
    "Variant",
    "Verdict",
    "read_claim",
    "read_study",
    "run_study",
]
