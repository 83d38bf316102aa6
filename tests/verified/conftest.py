"""Where the values of other software are, when they are on this machine."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

collect_ignore = ["own/consequences.py", "own/mixtures.py"]  # scripts for another environment, no examples in them

PLACE = Path(os.environ.get("ANGLE_MORT_REFERENCE") or Path(__file__).parents[2] / ".." / "shared" / "reference")


@dataclass(frozen=True)
class Reference:
    """Public data sets and what R and other Python libraries give for them."""

    place: Path

    def gold(self, name: str) -> dict:
        return json.loads((self.place / "gold" / f"{name}.json").read_text(encoding="utf-8"))

    def data(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.place / "data" / f"{name}.csv")

    def scale(self, gold: dict) -> pd.DataFrame:
        """The items of a gold scale, reversed as the file says."""
        items = self.data(gold["set"])[gold["items"]]
        turned = gold["reversed"] if isinstance(gold["reversed"], list) else [gold["reversed"]]
        for item in filter(None, turned):
            items[item] = gold["item_min"] + gold["item_max"] - items[item]
        return items


def names(pattern: str, without: tuple[str, ...] = ()) -> list[str]:
    found = sorted(path.stem for path in (PLACE / "gold").glob(pattern))
    return [name for name in found if not any(part in name for part in without)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per gold scale; a single skipped one, with its reason, where there are none."""
    if "scale_name" in metafunc.fixturenames:
        metafunc.parametrize("scale_name", names("scale_*.json", ("pingouin", "venv2")) or [None])


@pytest.fixture(scope="session")
def reference() -> Reference:
    if not (PLACE / "gold").is_dir():
        pytest.skip("the reference values are not here: set ANGLE_MORT_REFERENCE to their folder")
    return Reference(PLACE)


@pytest.fixture
def gold_scale(reference: Reference, scale_name: str) -> tuple[dict, pd.DataFrame]:
    gold = reference.gold(scale_name)
    return gold, reference.scale(gold)
