"""Joined cohorts of the demonstration, read once for all tests."""

from functools import cache

import pandas as pd

from angle_mort.joined import JoinedCohorts, JoinedReading, join_cohorts
from angle_mort.profiles import ProfileModel, compare_profiles, verdict
from angle_mort.profiles.reading import ProfileReading
from angle_mort.shipped import shipped

WITH_PROFILES, WITHOUT, FEW = ("ateliers", "chantiers"), ("reseau",), ("cohorte",)


@cache
def joined_of(*names: str) -> JoinedCohorts:
    return join_cohorts([shipped("demo") / name for name in names])


@cache
def model_of(*names: str) -> ProfileModel:
    """Three profiles of these, from few starts."""
    values, errors = (joined_of(*names).of(column, "ABC") for column in ("value", "se_measurement"))
    return ProfileModel.fit(values, errors, family="EII", n_components=3, n_init=8, verdict="exploratory profiles")


@cache
def reading_of(*names: str) -> JoinedReading:
    """What ``read_profiles`` gives, from one family and without the errors in the comparison: in seconds."""
    joined = joined_of(*names)
    table = compare_profiles(joined.of("value", "ABC"), 3, families=("EII",), measured="verdict")
    model = model_of(*names) if verdict(table).shown else None
    consequences = model.consequences(joined.outcomes) if model else pd.DataFrame(columns=["outcome", "p"])
    single = float(table.loc[table["n_components"] == 1, "bic"].min())
    return JoinedReading(joined, ProfileReading(table, verdict(table), single, model, consequences))
