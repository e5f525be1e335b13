import hashlib

import numpy as np


def test_face_is_case_a1(a1, oracle):
    digest = hashlib.sha256(a1.tobytes()).hexdigest()
    assert digest == oracle("layers_A1_227")["input_sha256"]


def test_edit_touches_the_eyelid_only(a1, closed):
    rows, cols = np.nonzero((a1 != closed).any(axis=2))
    assert rows.min() >= 96
    assert rows.max() <= 110
    assert cols.min() >= 123
    assert cols.max() <= 151
    assert len(rows) > 250
