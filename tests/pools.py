"""Pools of the demonstration, read once for all tests."""

from functools import cache

import pandas as pd

from angle_mort.pool import Pool, PoolReading, load_pool
from angle_mort.profiles import ProfileModel, compare_profiles, verdict
from angle_mort.profiles.reading import ProfileReading
from angle_mort.shipped import shipped

WITH_PROFILES, WITHOUT, FEW = ("ateliers", "chantiers"), ("reseau",), ("cohorte",)


@cache
def pool_of(*names: str) -> Pool:
    return load_pool([shipped("demo") / name for name in names])


@cache
def model_of(*names: str) -> ProfileModel:
    """Three profiles of a pool, from few starts."""
    values, errors = (pool_of(*names).of(column, "ABC") for column in ("value", "se_measurement"))
    return ProfileModel.fit(values, errors, family="EII", n_components=3, n_init=8, verdict="exploratory profiles")


@cache
def reading_of(*names: str) -> PoolReading:
    """What ``Pool.read_profiles`` gives, from one family and without the errors in the comparison: in seconds."""
    pool = pool_of(*names)
    table = compare_profiles(pool.of("value", "ABC"), 3, families=("EII",), measured="verdict")
    model = model_of(*names) if verdict(table).shown else None
    consequences = model.consequences(pool.outcomes) if model else pd.DataFrame(columns=["outcome", "p"])
    single = float(table.loc[table["n_components"] == 1, "bic"].min())
    return PoolReading(pool, ProfileReading(table, verdict(table), single, model, consequences))
