"""The certificate of a released cohort: what it holds, who could be found in it, and the hashes that seal it."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from angle_mort.disclosure.linkage import attack, class_sizes, k_anonymity, l_diversity
from angle_mort.disclosure.questionnaire import QUESTIONNAIRE
from angle_mort.disclosure.release import FORMAT, Release, characteristics
from angle_mort.disclosure.thresholds import POLICY, Policy
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument, Norms

PACKAGE, CERTIFICATE = "datapackage.json", "certificate.json"


@dataclass(frozen=True)
class Kind:
    """A kind of release: the tables that each holds (the first has a row per person), those that it may hold, and what
    its certificate says beyond what all say."""

    name: str
    tables: tuple[str, ...]
    may_hold: tuple[str, ...] = ()
    says: Mapping[str, type] = field(default_factory=dict)

    def holds(self, files: Iterable[str]) -> bool:
        """Whether it may be made of these files: all that every release of the kind has, and none that none has."""
        own, other = ({f"{table}.csv" for table in tables} for tables in (self.tables, self.may_hold))
        return own | {PACKAGE} <= set(files) <= own | other | {PACKAGE}


COHORT = Kind("cohort", ("leaders", "items"), QUESTIONNAIRE, {"norms": dict, "rows": str, "intake": dict})
POOL = Kind("pool", ("scores",), says={"k": int})
FILES = frozenset(
    {*(f"{table}.csv" for kind in (COHORT, POOL) for table in (*kind.tables, *kind.may_hold)), PACKAGE, CERTIFICATE}
)
"""Every file that a release may hold; which of them one does hold, its certificate says."""

_ROW_ID = ("leader",)
SCENARIO = "J"


def certify(
    made: Release,
    files: Mapping[str, bytes],
    instrument: Instrument,
    counts: Mapping[str, int],
    name: str,
    tool: str,
    day: datetime.date,
    demonstration: bool,
    policy: Policy = POLICY,
) -> dict[str, object]:
    """What is true of a release and can be checked: sizes, k, attack table, and a SHA-256 per file.

    ``k_characteristics`` and ``k_row`` are the smallest number of leaders who share all their bands of context, or
    everything in their row; ``l_scenario`` the fewest different answers to the two weeks among those who share all
    their bands. ``cells_suppressed`` counts the cells of context left empty because all categories had to be merged.
    The table of attacks gives the chance that somebody who knows that much points at the right row.
    """
    leaders = made.leaders
    bands = [item.id for item in characteristics(instrument) if item.id in leaders]
    row = [column for column in leaders if column not in _ROW_ID]
    told = {
        "kind": COHORT.name,
        "name": name,
        "tool": tool,
        "day": day.isoformat(),
        "demonstration": demonstration,
        "status": "demonstration" if demonstration else "pseudonymised, kept on the coach's disk",
        "instrument": {"name": instrument.name, "version": instrument.version},
        "norms": _norms(instrument.norms),
        "policy": policy.as_dict(),
        "n": len(leaders),
        "rows": rows_seal(leaders),
        "intake": dict(counts),
        "characteristics": {band: sorted(leaders[band].dropna().unique().tolist()) for band in bands},
        "context_bits_kept": round(made.context.kept, 3),
        "context_bits_lost": round(made.context.lost, 3),
        "k_characteristics": k_anonymity(leaders, bands),
        "k_row": k_anonymity(leaders, row),
        "l_scenario": l_diversity(leaders, bands, SCENARIO),
        "cells_suppressed": made.context.cells_emptied,
        "attacks": [
            attack("characteristics", 1 / class_sizes(leaders, bands)),
            attack("everything in the row", 1 / class_sizes(leaders, row)),
        ],
        "certifiable": len(leaders) >= policy.rows,
    }
    return sealed(told, files, made.package)


def sealed(told: Mapping[str, object], files: Mapping[str, bytes], package: Mapping) -> dict[str, object]:
    """A certificate: what it tells, its format, a hash of the schema and of each file, and the seal over all of it."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    whole = {"format": FORMAT, **told, "schema": _schema(package), "files": hashes}
    return whole | {"seal": _seal(whole)}


def _norms(norms: Norms) -> dict[str, object]:
    return {"name": norms.name, "provisional": norms.provisional, "seal": norms.seal}


def _seal(certificate: Mapping[str, object]) -> str:
    """A hash over everything else that the certificate says: one changed word is seen."""
    told = {key: value for key, value in certificate.items() if key != "seal"}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def rows_seal(leaders: pd.DataFrame) -> str:
    """A hash of whose rows these are, whatever their order."""
    return hashlib.sha256("\n".join(sorted(leaders["leader"])).encode()).hexdigest()


def _schema(package: Mapping) -> str:
    fields = [[(field["name"], field["type"]) for field in each["schema"]["fields"]] for each in package["resources"]]
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


# ----------------------------------------------------------------------------------------------------------- reading


def read_certified(folder: Path, kind: Kind = COHORT) -> tuple[dict[str, pd.DataFrame], dict[str, object]]:
    """The tables by name and the certificate of a release whose files match it byte for byte.

    The package must have the sealed schema, and each table the columns of the package, in its order and of its types:
    a file that was sealed again after a change is refused too.

    Raises ``AngleMortError``: AM601 no such cohort, AM602 a file is missing or was changed, AM603 made by a later
    version, AM604 the certificate cannot be read, AM618 its thresholds protect less than this tool's.
    """
    certificate = read_certificate(folder, kind)
    changed = [name for name, sealed in certificate["files"].items() if _hash(folder / name) != sealed]
    if changed:
        raise AngleMortError(*(problem("AM602", file=name, folder=folder.name) for name in changed))
    package = json.loads((folder / PACKAGE).read_bytes())
    names = [f"{each['name']}.csv" for each in package["resources"]]
    if _schema(package) != certificate["schema"] or {*names, PACKAGE} != set(certificate["files"]):
        raise AngleMortError(problem("AM602", file=PACKAGE, folder=folder.name))
    tables = {each["name"]: _read(folder / f"{each['name']}.csv", each) for each in package["resources"]}
    people = tables[kind.tables[0]]
    if len(people) != certificate["n"] or ("rows" in certificate and rows_seal(people) != certificate["rows"]):
        raise AngleMortError(problem("AM602", file=CERTIFICATE, folder=folder.name))
    return tables, certificate


_SAYS = {
    "name": str,
    "tool": str,
    "day": str,
    "demonstration": bool,
    "status": str,
    "instrument": dict,
    "policy": dict,
    "n": int,
    "schema": str,
    "files": dict,
    "seal": str,
}


def read_certificate(folder: Path, kind: Kind = COHORT) -> dict[str, object]:
    """The certificate alone, sealed as it was made; raises what ``read_certified`` does of it, and AM618 for one whose
    thresholds protect less than this tool's."""
    if not (folder / CERTIFICATE).is_file():
        raise AngleMortError(problem("AM601", folder=str(folder)))
    try:
        certificate = json.loads((folder / CERTIFICATE).read_bytes())
        version = certificate["format"]
    except (ValueError, TypeError, KeyError) as error:
        raise AngleMortError(problem("AM604", folder=folder.name)) from error
    if version != FORMAT:
        raise AngleMortError(problem("AM603", folder=folder.name, found=str(version), known=FORMAT))
    says = _SAYS | dict(kind.says)
    whole = all(isinstance(certificate.get(key), type_) for key, type_ in says.items())
    if not whole or certificate.get("kind") != kind.name or not kind.holds(certificate["files"]):
        raise AngleMortError(problem("AM604", folder=folder.name))
    if _seal(certificate) != certificate["seal"]:
        raise AngleMortError(problem("AM602", file=CERTIFICATE, folder=folder.name))
    if _policy(certificate, folder).protects_less_than(POLICY):
        raise AngleMortError(problem("AM618", folder=folder.name))
    return certificate


def _policy(certificate: Mapping[str, object], folder: Path) -> Policy:
    try:
        policy = Policy(**certificate["policy"])
        datetime.date.fromisoformat(certificate["day"])
        if not policy.whole():
            raise TypeError("a threshold that is no whole number")
    except (TypeError, ValueError) as error:
        raise AngleMortError(problem("AM604", folder=folder.name)) from error
    return policy


def _hash(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


_DTYPES = {"boolean": "object", "integer": "int64", "number": "float64", "string": "object"}


def _read(path: Path, resource: Mapping) -> pd.DataFrame:
    """Cells as text first, then numbers: read so, a number gives back the very bits that were written."""
    types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    try:
        cells = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
        if list(cells) != list(types):
            raise ValueError("other columns, or in another order")
        cells = cells.astype({name: _DTYPES[kind] for name, kind in types.items()})
    except ValueError as error:
        raise AngleMortError(problem("AM602", file=path.name, folder=path.parent.name)) from error
    return cells.assign(**{name: cells[name] == "True" for name, kind in types.items() if kind == "boolean"})
