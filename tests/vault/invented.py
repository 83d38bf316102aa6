"""One invented export, small enough to read, and how a refusal is checked."""

import numpy as np
import pandas as pd
import pytest

from angle_mort.errors import AngleMortError
from angle_mort.responses import Counts, Dialect, Intake
from angle_mort.responses.table import Finding, report_frame
from angle_mort.text import explain

PASSPHRASE = "trois chèvres sur un toit"


def intake(sha256="ab" * 32, shift=0.0):
    responses = pd.DataFrame(
        {"a101": [4.0 - shift, np.nan], "l103": [34.0, -1.0]}, index=pd.Index(["r001", "r002"], name="respondent")
    )
    return Intake(
        responses=responses,
        report=report_frame(
            [Finding(3, "duplicate", "duplicate", first_line=2), Finding(2, "out_of_range", "set aside")]
        ),
        counts=Counts(2, 2, 0, 0, 3, 3, 0, 0),
        texts=pd.DataFrame({"respondent": ["r001"], "item": ["f109"], "text": ["Signer les devis"]}),
        identities=pd.DataFrame(
            {"respondent": ["r001"], "line": [2], "email": ["anne@example.org"], "person": ["Anne Inventée"]}
        ).assign(company="Maison Exemple"),
        form="complete",
        dialect=Dialect("google_forms", "csv", "utf-8", ",", sha256),
    )


def fails(code, call, *arguments, **named):
    with pytest.raises(AngleMortError) as error:
        call(*arguments, **named)
    assert error.value.codes == [code]
    assert explain(error.value)
    return error.value
