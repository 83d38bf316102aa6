"""The open vault: what it keeps, what it gives back, and every change as one replacement of its file."""

from __future__ import annotations

import base64
import datetime
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from angle_mort.disk import alone, replace_file
from angle_mort.errors import AngleMortError, problem
from angle_mort.tokens import KnownTokens
from angle_mort.vault.passphrase import ask_passphrase, refuse_short
from angle_mort.vault.people import email_key, name_key, same_people
from angle_mort.vault.pseudonyms import KEY_SIZE, pseudonym, sub_key
from angle_mort.vault.sealing import Lock, to_base64

DEFAULT_PATH = Path("data/private/coffre.bin")
TOKENS = "jetons.json"
LASTING = "ledger"
"""Audiences whose name begins so keep their pseudonyms when the master key is renewed: a ledger must know them."""

_PATIENCE = 15.0
"""Seconds to wait for another program that writes; a write takes well under one."""
_PARTS = ("responses", "report", "texts", "identities")
_IDENTIFYING = ("email", "person", "company", "phone", "town", "siret", "time")

Row = tuple[str, str, str]
"""One answered questionnaire: cohort, wave, respondent."""


class RawRows(Protocol):
    """What the vault keeps of one export; ``responses.Intake`` is one."""

    responses: pd.DataFrame
    report: pd.DataFrame
    texts: pd.DataFrame
    identities: pd.DataFrame
    counts: Any
    form: str
    dialect: Any


@dataclass(frozen=True, repr=False)
class KeptWave:
    """One export as it was stored, less whom was erased since: what ``RawRows`` has, counts and dialect as mappings."""

    responses: pd.DataFrame
    report: pd.DataFrame
    texts: pd.DataFrame
    identities: pd.DataFrame
    counts: Mapping[str, int]
    form: str
    dialect: Mapping[str, str]


@dataclass(frozen=True)
class Erasure:
    """The receipt of one erasure: its number, its day, and what went, per cohort and wave. It names nobody.

    ``erased`` maps (cohort, wave) to what was kept there of the person: ``answers``, ``texts``, delegation ``plans``
    and the ``fields`` of identity that were filled.
    """

    number: str
    day: datetime.date
    erased: Mapping[tuple[str, str], Mapping[str, Any]]


def open_vault(path: str | Path | None = None, passphrase: str | None = None) -> Vault:
    """Open the vault of this folder (``data/private/coffre.bin``), asking for its passphrase.

    The passphrase comes from the argument, else from the variable ``ANGLE_MORT_PASSPHRASE`` (for scripts), else from
    the person at the terminal or in the notebook. Raises AM301 (no vault), AM302 (wrong passphrase), AM303 (damaged),
    AM305 (nobody to ask), AM310 (newer format).
    """
    place = Path(path or DEFAULT_PATH)
    content = read(place)
    lock = Lock.of(passphrase if passphrase is not None else ask_passphrase(), content, place)
    vault = Vault(place, lock)
    vault.settle()
    return vault


class Vault:
    """An open vault. Each call reads the file anew, so that two open vaults never work on an old copy.

    What a call that changes it returns from is on the disk: it replaces the file in one step, alone.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     vault = Vault.create(Path(folder) / "coffre.bin", "quatre mots tout simples")
    ...     len(vault.cohorts()), len(vault.pseudonym("sponsor", "anne@example.org"))
    (0, 16)
    """

    def __init__(self, path: Path, lock: Lock) -> None:
        self.path = path
        self._lock = lock

    def __repr__(self) -> str:
        return f"Vault({str(self.path)!r})"

    @classmethod
    def create(cls, path: str | Path | None, passphrase: str) -> Vault:
        """A new, empty vault with a fresh master key. Raises AM304 (one is there), AM306 (passphrase too short)."""
        place = Path(path or DEFAULT_PATH)
        refuse_short(passphrase)
        refuse_existing(place)
        vault = cls(place, Lock.new(passphrase))
        with vault._alone():
            refuse_existing(place)  # somebody else may have been faster while the key was derived
            vault._save({"master": _fresh_key(), "cohorts": {}})
        return vault

    # --------------------------------------------------------------------------------------------- what is kept

    def store(self, cohort: str, wave: str, rows: RawRows, replace: bool = False) -> None:
        """Keep the raw rows of one export as one wave of a cohort.

        The same file may be stored again; other answers under a known wave need ``replace`` (AM308). The very file that
        somebody was erased from is refused (AM318), since it would bring them back. Delegation plans go over to the
        same people in the new file; one whose leader is not in it stops everything (AM324).
        """
        with self._changing() as payload:
            waves = payload["cohorts"].setdefault(cohort, {})
            earlier = waves.get(wave, {})
            self._refuse_wave(earlier, cohort, wave, rows.dialect.sha256, replace)
            carried = _carried(earlier, rows, wave)
            waves[wave] = {"form": rows.form, "sha256": rows.dialect.sha256} | carried
            waves[wave] |= {part: _packed(getattr(rows, part)) for part in _PARTS}
            waves[wave] |= {"counts": asdict(rows.counts), "dialect": asdict(rows.dialect)}

    def _refuse_wave(self, kept: Mapping, cohort: str, wave: str, sha256: str, replace: bool) -> None:
        if kept and kept["sha256"] == sha256 and kept.get("erased"):
            raise AngleMortError(problem("AM318", cohort=cohort, wave=wave, n=kept["erased"]))
        if kept and kept["sha256"] != sha256 and not replace:
            raise AngleMortError(problem("AM308", path=str(self.path), cohort=cohort, wave=wave))

    def save_plan(self, cohort: str, wave: str, respondent: str, plan: pd.DataFrame) -> None:
        """Keep the delegation plan of whoever answered this questionnaire, in place of the one that it had.

        An empty plan takes away every plan of this person. Raises AM315 when the questionnaire is not there.
        """
        with self._changing() as payload:
            rows = _rows_of(payload, cohort, wave, respondent)
            entry = {"number": 1 + max((number for _, number, _ in _plans(payload)), default=0), "plan": _packed(plan)}
            for place in [(cohort, wave, respondent)] if len(plan) else rows:
                plans = payload["cohorts"][place[0]][place[1]].setdefault("plans", {})
                plans.pop(place[2], None)
                plans |= {place[2]: entry} if len(plan) else {}

    def plan(self, cohort: str, wave: str, respondent: str) -> pd.DataFrame:
        """The plan that was saved last for this person, at any wave, in any cohort; empty when there is none. AM315."""
        payload = self._load()
        rows = _rows_of(payload, cohort, wave, respondent)
        saved = [(number, plan) for row, number, plan in _plans(payload) if row in rows]
        return _unpacked(max(saved, key=lambda each: each[0])[1]) if saved else pd.DataFrame()

    def plans(self, cohort: str) -> dict[tuple[str, str], pd.DataFrame]:
        """The plan of everybody of a cohort who has one, as ``plan`` gives it, by (wave, respondent)."""
        payload = self._load()
        persons = same_people(_people(payload))
        saved = sorted(_plans(payload), key=lambda each: each[1])
        latest = {persons[row]: plan for row, _, plan in saved}
        own = [(row, person) for row, person in persons.items() if row[0] == cohort and person in latest]
        return {row[1:]: _unpacked(latest[person]) for row, person in own}

    def store_mirror(self, cohort: str, wave: str, respondent: str, answers: pd.DataFrame) -> None:
        """Keep what collaborators answered about one leader: codes alone, in no order, in place of what was kept.

        Raises AM309 for a wave that is not there, AM315 for a respondent who is not in it.
        """
        with self._changing() as payload:
            kept = payload["cohorts"].get(cohort, {}).get(wave)
            if not kept:
                raise AngleMortError(problem("AM309", path=str(self.path), cohort=cohort))
            if respondent not in kept["responses"]["index"]:
                raise AngleMortError(problem("AM315"))
            shuffled = answers.sort_values(list(answers.columns)).reset_index(drop=True)
            kept.setdefault("mirrors", {})[respondent] = _packed(shuffled)

    def mirror(self, cohort: str, wave: str, respondent: str) -> pd.DataFrame:
        """What collaborators answered about one leader, a row each; empty when nobody did. Raises AM309."""
        kept = self._load()["cohorts"].get(cohort, {}).get(wave)
        if not kept:
            raise AngleMortError(problem("AM309", path=str(self.path), cohort=cohort))
        mirror = kept.get("mirrors", {}).get(respondent)
        return _unpacked(mirror).astype("float64") if mirror else pd.DataFrame()

    def cohorts(self) -> pd.DataFrame:
        """What is kept, one row per cohort and wave: cohort, wave, form, n (respondents), sha256 of the export."""
        rows = [
            (cohort, wave, kept["form"], len(kept["responses"]["rows"]), kept["sha256"])
            for cohort, wave, kept in _waves(self._load())
        ]
        return pd.DataFrame(rows, columns=["cohort", "wave", "form", "n", "sha256"])

    def wave(self, cohort: str, wave: str) -> KeptWave:
        """One export as it was stored: what a new release of it needs. Raises AM309, AM323 when it is not there."""
        waves = self._load()["cohorts"].get(cohort)
        if not waves:
            raise AngleMortError(problem("AM309", path=str(self.path), cohort=cohort))
        if wave not in waves:
            told = {"cohort": cohort, "wave": wave, "known": ", ".join(sorted(waves))}
            raise AngleMortError(problem("AM323", path=str(self.path), **told))
        kept = waves[wave]
        frames = {part: _unpacked(kept[part]) for part in _PARTS}
        frames["responses"] = frames["responses"].astype("float64").rename_axis("respondent")
        return KeptWave(**frames, counts=kept.get("counts", {}), form=kept["form"], dialect=kept.get("dialect", {}))

    def responses(self, cohort: str) -> pd.DataFrame:
        """Codes, indexed by (wave, respondent); float64, NaN missing, -1 does not apply. Raises AM309 when unknown."""
        return self._of_cohort(cohort, "responses").astype("float64")

    def identities(self, cohort: str) -> pd.DataFrame:
        """Who answered, indexed by (wave, row): respondent, line, time, e-mail, person, company, phone... AM309."""
        return self._of_cohort(cohort, "identities")

    def texts(self, cohort: str) -> pd.DataFrame:
        """Free texts, indexed by (wave, row): respondent, item, text. AM309."""
        return self._of_cohort(cohort, "texts")

    def report(self, cohort: str) -> pd.DataFrame:
        """The findings of each intake, indexed by (wave, row). AM309."""
        return self._of_cohort(cohort, "report")

    def _of_cohort(self, cohort: str, part: str) -> pd.DataFrame:
        waves = self._load()["cohorts"].get(cohort)
        if not waves:
            raise AngleMortError(problem("AM309", path=str(self.path), cohort=cohort))
        frames = {wave: _unpacked(kept[part]) for wave, kept in waves.items()}
        return pd.concat(frames, names=["wave", "respondent" if part == "responses" else "row"])

    # ------------------------------------------------------------------------------------------------- pseudonyms

    def pseudonym(self, audience: str, identity: str) -> str:
        """The pseudonym of a person for one audience; two audiences cannot be joined by it. See ``pseudonym``."""
        return self.naming(audience)(identity)

    def naming(self, audience: str) -> Callable[[str], str]:
        """The pseudonyms of one audience as a function: the vault is opened once for all the people of a file."""
        payload = self._load()
        master = payload.get("first", payload["master"]) if audience.startswith(LASTING) else payload["master"]
        return partial(pseudonym, sub_key(base64.b64decode(master), audience))

    def follow(self, cohort: str) -> pd.Series:
        """A number per person of a cohort, indexed by (wave, respondent): the only link between two waves.

        The numbers mean nothing outside this vault and change with its content: they are for use, not for keeping.
        Raises AM309.
        """
        people = self.identities(cohort).reset_index("wave").set_index(["wave", "respondent"])
        return same_people(people).rename("person")

    def known_as(self, cohort: str, wave: str) -> pd.Series:
        """By respondent of a wave, the e-mail, else the name, under which this cohort first knew them; "" for nobody.

        Whoever gives an e-mail at one wave and only a name at another is known the same way in both. Raises AM309.
        """
        people = self.identities(cohort).fillna("").reset_index("wave").set_index(["wave", "respondent"])
        own = people["email"].where(people["email"] != "", people["person"])
        return own.groupby(same_people(people)).transform("first").loc[wave]

    # ---------------------------------------------------------------------------------------------------- changes

    def find(self, identity: str) -> list[Row]:
        """Every questionnaire that a person answered, by e-mail or by name, in all cohorts.

        Raises AM315 when nobody is found, AM316 when several people bear the name: the e-mail tells them apart.
        """
        people = _people(self._load())
        asked = "email" if "@" in identity else "person"
        key = {"email": email_key, "person": name_key}[asked]
        persons = same_people(people)
        found = sorted(set(persons[people[asked].map(key) == key(identity)])) if key(identity) else []
        if len(found) != 1:
            raise AngleMortError(problem("AM316", n=len(found)) if found else problem("AM315"))
        return list(people.index[persons == found[0]])

    def rows_of(self, cohort: str, wave: str, respondent: str) -> list[Row]:
        """Every questionnaire that the person behind one of them answered, in all cohorts. Raises AM315."""
        return _rows_of(self._load(), cohort, wave, respondent)

    def erase(self, rows: Sequence[Row], day: datetime.date) -> Erasure:
        """Erase everything kept of these questionnaires, and note it in the vault without saying whose they were.

        Raises AM315 when there is none of them.
        """
        with self._changing() as payload:
            told = {}
            for cohort, wave, kept in _waves(payload):
                gone = {row[2] for row in rows if row[:2] == (cohort, wave)}
                if gone & set(kept["responses"]["index"]):
                    told[cohort, wave] = _erase(kept, gone)
            if not told:
                raise AngleMortError(problem("AM315"))
            number = f"E-{day:%Y%m%d}-{secrets.token_hex(2)}"
            listed = [[*place, what] for place, what in told.items()]
            entry = {"number": number, "day": day.isoformat(), "erased": listed}
            payload.setdefault("erasures", []).append(entry)
        return _erasure(entry)

    def erasures(self) -> list[Erasure]:
        """The receipts of all erasures, in their order."""
        return [_erasure(entry) for entry in self._load().get("erasures", [])]

    def change_passphrase(self, passphrase: str) -> None:
        """Seal the file under another passphrase; an older copy of it still opens with the older one. Raises AM306."""
        refuse_short(passphrase)
        self._seal_anew(Lock.new(passphrase), self._load)

    def renew_key(self, passphrase: str) -> None:
        """New keys under the same passphrase: the one that seals, and the master key of row ids.

        Cohorts released from then on have other row ids. Audiences of a ledger keep theirs (``LASTING``). Raises AM302
        when it is another passphrase.
        """
        Lock.of(passphrase, read(self.path), self.path)
        self._seal_anew(Lock.new(passphrase), lambda: _renewed(self._load()))

    def can_open(self, content: bytes, path: Path) -> None:
        """Raise AM303 or AM317 unless these bytes are a copy of this vault that its key opens."""
        self._lock.opened(content, path)

    def note_backup(self, day: datetime.date) -> None:
        """Remember when the last backup was made."""
        with self._changing() as payload:
            payload["backed_up"] = day.isoformat()

    def backed_up(self) -> datetime.date | None:
        """The day of the last backup; None when there was none."""
        day = self._load().get("backed_up")
        return day and datetime.date.fromisoformat(day)

    def settle(self) -> None:
        """Finish what a killed program began: after it the tokens beside the vault are those of its content."""
        payload = self._load()
        if not self._tokens_match(payload):
            with self._alone():
                self._write_tokens(self._load())

    # ------------------------------------------------------------------------------------------------- on the disk

    def _seal_anew(self, lock: Lock, payload: Callable[[], dict[str, Any]]) -> None:
        with self._alone():
            content = payload()
            self._lock, before = lock, self._lock
            try:
                self._save(content)
            except BaseException:
                self._lock = before
                raise

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """The content, alone with it; what is changed in it is on the disk afterwards."""
        with self._alone():
            payload = self._load()
            yield payload
            self._save(payload)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with writing(self.path):
            yield

    def _load(self) -> dict[str, Any]:
        return self._lock.opened(read(self.path), self.path)

    def _save(self, payload: dict[str, Any]) -> None:
        payload["revision"] = secrets.token_hex(8)
        replace_file(self.path, self._lock.sealed(payload))
        self._write_tokens(payload)

    def _write_tokens(self, payload: dict[str, Any]) -> None:
        people = _people(payload).to_dict("records")
        replace_file(self.path.with_name(TOKENS), KnownTokens.of(people, payload.get("revision", "")).to_bytes())

    def _tokens_match(self, payload: dict[str, Any]) -> bool:
        try:
            return KnownTokens.load(self.path.with_name(TOKENS)).revision == payload.get("revision", "")
        except AngleMortError:
            return False


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Alone with a vault; AM307 when another program does not end, AM314 when the disk refuses."""
    try:
        with alone(path, _PATIENCE):
            yield
    except TimeoutError as error:
        raise AngleMortError(problem("AM307", path=str(path))) from error
    except OSError as error:
        raise AngleMortError(problem("AM314", path=str(path))) from error


def read(path: Path) -> bytes:
    """The bytes of a vault; AM301 when there is none, AM303 when it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise AngleMortError(problem("AM301", path=str(path))) from error
    except OSError as error:
        raise AngleMortError(problem("AM303", path=str(path))) from error


def refuse_existing(path: Path) -> None:
    """Raise AM304 where a vault stands."""
    if path.exists():
        raise AngleMortError(problem("AM304", path=str(path)))


# -------------------------------------------------------------------------------------------------- inside the content


def _fresh_key() -> str:
    return to_base64(secrets.token_bytes(KEY_SIZE))


def _renewed(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"first": payload.get("first", payload["master"]), "master": _fresh_key()}


def _waves(payload: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for cohort, waves in payload["cohorts"].items():
        for wave, kept in waves.items():
            yield cohort, wave, kept


def _people(payload: Mapping[str, Any]) -> pd.DataFrame:
    """Everybody's identity, indexed by cohort, wave and respondent."""
    frames = [_unpacked(kept["identities"]).assign(cohort=cohort, wave=wave) for cohort, wave, kept in _waves(payload)]
    rows = ["cohort", "wave", "respondent"]
    everybody = pd.concat(frames) if frames else pd.DataFrame(columns=rows)
    return _filled(everybody, [*rows, *_IDENTIFYING]).set_index(rows)


def _rows_of(payload: Mapping[str, Any], cohort: str, wave: str, respondent: str) -> list[Row]:
    people = _people(payload)
    if (cohort, wave, respondent) not in people.index:
        raise AngleMortError(problem("AM315"))
    persons = same_people(people)
    return list(people.index[persons == persons[cohort, wave, respondent]])


def _plans(payload: Mapping[str, Any]) -> Iterator[tuple[Row, int, dict[str, list]]]:
    """Every delegation plan: whose questionnaire, the number of its saving, the plan."""
    for cohort, wave, kept in _waves(payload):
        for respondent, saved in kept.get("plans", {}).items():
            yield (cohort, wave, respondent), saved["number"], saved["plan"]


def _carried(earlier: Mapping[str, Any], rows: RawRows, wave: str) -> dict[str, Any]:
    """The plans and mirrors of a wave whose answers are replaced: in another file, the same person has another number.

    A mirror goes with somebody who is no longer there; a plan is work, and refuses it (AM324).
    """
    plans, mirrors = earlier.get("plans", {}), earlier.get("mirrors", {})
    if not (plans or mirrors) or earlier["sha256"] == rows.dialect.sha256:
        return {"plans": plans, "mirrors": mirrors}
    people = pd.concat([_unpacked(earlier["identities"]), rows.identities], keys=["old", "new"])
    people = _filled(people, ["respondent", "email", "person"])
    person = same_people(people)
    new = dict(zip(person["new"], people.loc["new", "respondent"], strict=True))
    old = dict(zip(people.loc["old", "respondent"], person["old"], strict=True))
    lost = sum(old[each] not in new for each in plans)
    if lost:
        raise AngleMortError(problem("AM324", wave=wave, n=lost))
    kept = {"plans": plans, "mirrors": mirrors}
    return {
        part: {new[old[each]]: told for each, told in entries.items() if old[each] in new}
        for part, entries in kept.items()
    }


def _filled(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """These columns, empty text where a cell or a whole column is missing."""
    cells = frame.reindex(columns=columns).astype(object)
    return cells.where(cells.notna(), "")


def _erase(kept: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    """Take respondents out of a kept wave; tell how much of what went."""
    frames = {part: _unpacked(kept[part]) for part in _PARTS}
    theirs = frames["responses"].index.isin(gone)
    mine = {part: frames[part]["respondent"].isin(gone) for part in ("texts", "identities")}
    lines = set(frames["identities"].loc[mine["identities"], "line"])
    found = frames["report"]["line"].isin(lines) | frames["report"]["first_line"].isin(lines)
    mine |= {"responses": theirs, "report": found}
    identity = _filled(frames["identities"][mine["identities"]], _IDENTIFYING)
    plans = kept.get("plans", {})
    kept["plans"] = {each: plan for each, plan in plans.items() if each not in gone}
    told = {
        "people": int(theirs.sum()),
        "plans": len(plans) - len(kept["plans"]),
        "answers": int(frames["responses"][theirs].notna().to_numpy().sum()),
        "texts": int(mine["texts"].sum()),
        "fields": [role for role in _IDENTIFYING if (identity[role] != "").any()],
    }
    aside = int((found & (frames["report"]["outcome"] == "set aside") & (frames["report"]["item"] != "")).sum())
    kept["counts"] = _less(kept.get("counts", {}), told["people"], told["answers"] + told["texts"], aside)
    kept |= {part: _packed(frames[part][~mine[part]]) for part in _PARTS}
    kept["mirrors"] = {each: told for each, told in kept.get("mirrors", {}).items() if each not in gone}
    kept["erased"] = kept.get("erased", 0) + told["people"]
    return told


def _less(counts: Mapping[str, int], people: int, cells: int, aside: int) -> dict[str, int]:
    """The counts of an intake without the people who were erased."""
    if not counts:
        return {}
    less = {"rows_read": people, "rows_kept": people, "cells_read": cells + aside}
    less |= {"cells_kept": cells, "cells_set_aside": aside}
    return {name: count - less.get(name, 0) for name, count in counts.items()}


def _erasure(entry: Mapping[str, Any]) -> Erasure:
    erased = {(cohort, wave): what for cohort, wave, what in entry["erased"]}
    return Erasure(entry["number"], datetime.date.fromisoformat(entry["day"]), erased)


def _packed(frame: pd.DataFrame) -> dict[str, list]:
    cells = frame.astype(object).where(frame.notna(), None)
    return {"index": cells.index.tolist(), "columns": cells.columns.tolist(), "rows": cells.to_numpy().tolist()}


def _unpacked(entry: Mapping[str, list]) -> pd.DataFrame:
    return pd.DataFrame(entry["rows"], index=entry["index"], columns=entry["columns"])
