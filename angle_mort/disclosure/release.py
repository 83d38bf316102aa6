"""The working cohort: one row per leader, scores with their margins, coarse bands of context, no name and no text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from angle_mort.disclosure.lattice import Coarse, coarsened
from angle_mort.disclosure.thresholds import POLICY, Policy
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import NOT_APPLICABLE, Instrument, Item

FORMAT = 2
"""The format version of a released cohort; a loader refuses a later one."""

MARGINS = {
    "": "value",
    "_se": "se_measurement",
    "_low": "low",
    "_high": "high",
    "_answered": "n_answered",
    "_items": "n_items",
}
CARE = ("longest_run", "run_light", "hurried", "n_missing", "n_not_applicable")
FAST = "fast_light"
_AGGREGATED = ("reflective", "formative", "profile")
_FEWEST_ANSWERS = 5


@dataclass(frozen=True)
class Release:
    """The ``tables`` of a working cohort, and the ``package`` that describes each of their columns.

    ``leaders`` (a row per leader and wave), ``items`` (aggregates per item), and from 30 leaders on the four that tell
    whether the questionnaire held. ``context`` says what its coarse bands keep and lose.
    """

    tables: Mapping[str, pd.DataFrame]
    package: Mapping[str, object]
    context: Coarse

    @property
    def leaders(self) -> pd.DataFrame:
        return self.tables["leaders"]

    @property
    def items(self) -> pd.DataFrame:
        return self.tables["items"]


def release(
    table: pd.DataFrame,
    responses: pd.DataFrame,
    care: pd.DataFrame,
    instrument: Instrument,
    ids: Mapping[str, str],
    form: str,
    wave: str = "T0",
    questionnaire: Mapping[str, pd.DataFrame] = MappingProxyType({}),
    policy: Policy = POLICY,
) -> Release:
    """Turn private scores and answers into the working cohort.

    ``ids`` gives each respondent's random row id (a keyed pseudonym); rows are sorted by it, so that their order tells
    nothing. Item answers of the scales stay behind: only their means remain, where at least five people answered, and
    what ``told_questionnaire`` lets through of the ``questionnaire``. Context is merged until each leader shares all of
    it with as many as the minimum group.
    """
    wide = _wide(table, instrument)
    facts = responses[[item.id for item in _kept_facts(instrument) if item.id in responses]]
    keys = pd.DataFrame(
        {
            "leader": [ids[each] for each in responses.index],
            "wave": wave,
            "form": form,
            "instrument": instrument.version,
        },
        index=responses.index,
    )
    answered = care[_care_columns(care)].astype(int)
    context = coarsened(_bands(responses, instrument), policy.group)
    parts = [keys, wide.loc[responses.index], facts, context.bands, answered.loc[responses.index]]
    leaders = pd.concat(parts, axis=1).sort_values("leader").reset_index(drop=True)
    if not leaders["leader"].is_unique:
        raise AngleMortError(problem("AM404", n=int(leaders["leader"].duplicated().sum())))
    tables = {"leaders": leaders, "items": _items(responses, instrument), **questionnaire}
    return Release(tables, described(tables, instrument), context)


def _care_columns(care: pd.DataFrame) -> list[str]:
    """The lights; that of the time only where the survey tool told how long anybody took."""
    return [*CARE, *([FAST] if care["seconds_per_item"].notna().any() else [])]


def tidy_scores(leaders: pd.DataFrame, instrument: Instrument, provisional: bool) -> pd.DataFrame:
    """The tidy table of scores again, from a working cohort: the inverse of what ``release`` spreads out."""
    facts = set(_fact_scales(instrument))
    blocks = [_block(leaders, scale, scale in facts, provisional) for scale in _released_scales(leaders, facts)]
    return pd.concat(blocks, ignore_index=True)


def _block(leaders: pd.DataFrame, scale: str, fact: bool, provisional: bool) -> pd.DataFrame:
    names = {"": "value"} if fact else MARGINS
    block = pd.DataFrame({column: leaders[scale + suffix] for suffix, column in names.items()})
    if fact:
        known = block["value"].notna().astype(int)
        block = block.assign(
            se_measurement=float("nan"), low=block["value"], high=block["value"], n_answered=known, n_items=1
        )
    exact = fact or bool(block.loc[block["value"].notna(), "se_measurement"].isna().all())
    status = "ok" if exact or not provisional else "provisoire"
    block.insert(0, "respondent", leaders["leader"])
    block.insert(1, "scale", scale)
    return block.assign(status=block["value"].notna().map({True: status, False: "non calculable"}))


def _released_scales(leaders: pd.DataFrame, facts: set[str]) -> Iterator[str]:
    for column in leaders.columns:
        if column in facts or f"{column}_se" in leaders.columns:
            yield column


def _fact_scales(instrument: Instrument) -> Iterator[str]:
    for module in instrument.of_nature("ordinal"):
        yield module.code
        yield from (item.id for item in module.items[1:])
    for module in instrument.of_nature("tracker"):
        yield from (item.id for item in module.items)


def _wide(table: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    facts = set(_fact_scales(instrument))
    parts = []
    for scale, rows in table.groupby("scale", sort=False):
        columns = {"": "value"} if scale in facts else MARGINS
        rows = rows.set_index("respondent")
        parts.append(pd.DataFrame({f"{scale}{suffix}": rows[column] for suffix, column in columns.items()}))
    return pd.concat(parts, axis=1)


def _kept_facts(instrument: Instrument) -> Iterator[Item]:
    """The hours of the leader's week: facts that no score replaces."""
    for module in instrument.of_nature("time_budget"):
        yield from (item for item in module.items if item.format.kind == "number")


def characteristics(instrument: Instrument) -> list[Item]:
    """The items of context, released as coarse bands only."""
    return [item for module in instrument.of_nature("descriptor") for item in module.items]


def _bands(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    known = [item for item in characteristics(instrument) if item.id in responses]
    return pd.DataFrame({item.id: responses[item.id].map(_band_names(item)) for item in known}, index=responses.index)


def _band_names(item: Item) -> dict[float, str]:
    return {float(choice.code): choice.band or choice.fr for choice in item.format.choices}


def _items(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    scale_items = [item for module in instrument.of_nature(*_AGGREGATED) for item in module.items]
    rows = [_item_row(item.id, responses[item.id]) for item in scale_items if item.id in responses]
    return pd.DataFrame(rows, columns=["item", "n_answered", "n_missing", "n_not_applicable", "mean"])


def _item_row(item: str, answers: pd.Series) -> tuple[str, int, int, int, float]:
    given = answers[answers >= 0]
    mean = round(float(given.mean()), 3) if len(given) >= _FEWEST_ANSWERS else float("nan")
    return item, len(given), int(answers.isna().sum()), int((answers == NOT_APPLICABLE).sum()), mean


# ------------------------------------------------------------------------------------------------------- description


def described(tables: Mapping[str, pd.DataFrame], instrument: Instrument) -> dict[str, object]:
    """A Data Package (version 2) that says what each column holds."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "angle-mort-release",
        "version": str(FORMAT),
        "resources": [_resource(name, frame, instrument) for name, frame in tables.items()],
    }


def _resource(name: str, frame: pd.DataFrame, instrument: Instrument) -> dict[str, object]:
    titles = _titles(instrument)
    return {
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": [_field(column, frame[column], titles) for column in frame], "missingValues": [""]},
    }


def _field(column: str, values: pd.Series, titles: Mapping[str, str]) -> dict[str, str]:
    scale, _, suffix = column.rpartition("_")
    owner = scale if f"_{suffix}" in MARGINS else column
    field = {"name": column, "type": _type(values)}
    return field | ({"title": titles[owner]} if owner in titles else {})


def _type(values: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(values.dtype):
        return "boolean"
    if pd.api.types.is_integer_dtype(values.dtype):
        return "integer"
    return "number" if pd.api.types.is_float_dtype(values.dtype) else "string"


def _titles(instrument: Instrument) -> dict[str, str]:
    modules = {module.code: module.name for module in instrument.modules}
    facets = {facet.code: facet.name for module in instrument.modules for facet in module.facets}
    indices = {code: rule["name"]["fr"] for code, rule in instrument.scoring["indices"].items()}
    return {item.id: item.fr for item in instrument.items.values()} | facets | modules | indices
