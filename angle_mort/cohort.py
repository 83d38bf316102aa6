"""The one place where the steps meet: from an export to a released cohort, and from there to its readings."""

from __future__ import annotations

import contextlib
import datetime
import hmac
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.disclosure import (
    POLICY,
    Figure,
    Ledger,
    Policy,
    SharedPage,
    certify,
    compared_seal,
    joined_seal,
    of_everybody,
    pool_figures,
    read_certificate,
    read_certified,
    release,
    shared_figures,
    summarise,
    summarise_questionnaire,
    told_questionnaire,
)
from angle_mort.disclosure.certificate import CERTIFICATE, FILES, PACKAGE, POOL, sealed
from angle_mort.disclosure.figures import ANSWERS, PEOPLE
from angle_mort.disclosure.linkage import attack, k_anonymity
from angle_mort.disclosure.pool import group_means, group_size, linkage_success, pool_scores, told_rows, variance_kept
from angle_mort.disclosure.release import described, tidy_scores
from angle_mort.disclosure.summary import WorkingCohort
from angle_mort.disk import recover_folder, replace_folder
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import NORMS, Instrument, Norms, load_instrument, load_norms
from angle_mort.profiles.prototypes import place_among_prototypes
from angle_mort.responses import Counts, Dialect, Intake, answer_care, seconds_taken
from angle_mort.results import SPONSOR, CohortSummary, LeaderSheet, QuestionnaireSummary
from angle_mort.roadmap import step_evidence, weakest_step
from angle_mort.scores import bands, build_norms, dominant_block, questionnaire_statistics, score_responses
from angle_mort.sheet import Kept, leader_sheet
from angle_mort.vault import Row, Vault, pseudonym

if TYPE_CHECKING:
    from angle_mort.publishing import Page
    from angle_mort.publishing.scanning import Known
    from angle_mort.publishing.script import Script
    from angle_mort.views import View

DEMONSTRATION_KEY = hmac.digest(b"angle-mort", b"demonstration: invented people, no secret", "sha256")
"""The key of the demonstration's row ids: public, since its people are invented. A coach's key is in the vault."""

_FORMS = ("complete", "suivi")

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")

FIRST_WAVE = "T0"
_WAVE = re.compile(r"T(0|[1-9][0-9]?)")
_LIKE_A_WAVE = re.compile(r"(.+)-(t\d{1,2})")


@dataclass(frozen=True)
class Cohort:
    """A released cohort and what may be read in it: ``scores``, ``summary``, ``sheet(leader)``, ``profiles``.

    ``tables`` are those of its release, by name; ``leaders`` and ``items`` are in every one.
    """

    name: str
    tables: Mapping[str, pd.DataFrame]
    certificate: Mapping[str, object]
    instrument: Instrument
    folder: Path | None = None

    @property
    def leaders(self) -> pd.DataFrame:
        return self.tables["leaders"]

    @property
    def items(self) -> pd.DataFrame:
        return self.tables["items"]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The tidy scores: respondent, scale, value, se_measurement, low, high, n_answered, n_items, status."""
        return tidy_scores(self.leaders, self.instrument, self.instrument.norms.provisional)

    @cached_property
    def bands(self) -> pd.DataFrame:
        """One row per leader x scale: the probability of each band, and the band named when one is probable enough."""
        return _read_bands(self.scores, self.instrument)

    @cached_property
    def dominance(self) -> pd.DataFrame:
        """One row per leader: the probability that each block is the highest, and its name or « mixte »."""
        rule = self.instrument.scoring["dominance"]
        return dominant_block(self.scores, tuple(rule["blocks"]), rule["named_at"], self.instrument.norms)

    @cached_property
    def profiles(self) -> pd.DataFrame:
        """One row per leader: membership in each prototype, the nearest one, and whether it may be named."""
        return place_among_prototypes(self.scores, self.instrument.prototypes)

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """One row per leader x step of the path, 0-100, high meaning further along."""
        return step_evidence(self.scores, self.instrument)

    @cached_property
    def summary(self) -> CohortSummary:
        """What may be shared of this cohort, beside what its ledger says was shared; raises AM605 when it is too small.

        When who is in it may not be told, nothing may: this is then for the coach to read, and ``share`` refuses it.
        """
        whole = self._summarised()
        figures = shared_figures(self._private, whole, self.instrument)
        refused = _refused(self, figures)
        return self._summarised(refused) if refused and not refused & {PEOPLE, ANSWERS} else whole

    def _summarised(self, withhold: frozenset[str] = frozenset()) -> CohortSummary:
        named_at = self.instrument.scoring["steps"]["named_at"]
        read_bands = partial(_read_bands, instrument=self.instrument)
        read_weakest = partial(weakest_step, named_at=named_at)
        return summarise(self._private, self.instrument, read_bands, read_weakest, withhold)

    @cached_property
    def figures(self) -> list[Figure]:
        """What a page of this cohort shares, with the row ids behind each figure: for the ledger, never for a page."""
        return shared_figures(self._private, self.summary, self.instrument)

    @cached_property
    def _private(self) -> WorkingCohort:
        return WorkingCohort(
            self.name,
            self.scores,
            self.evidence,
            self.dominance,
            self.profiles,
            self.items,
            self.leaders,
            self.certificate,
        )

    @cached_property
    def questionnaire(self) -> QuestionnaireSummary:
        """How well the questionnaire held here, as it may be shared; raises AM611 below 30 leaders."""
        return summarise_questionnaire(self.name, self.tables, self.certificate, self.instrument)

    def sheet(self, respondent: str, vault: Vault | None = None) -> LeaderSheet:
        """Everything known of one leader, for that leader and their coach.

        ``respondent`` is a row id; with the open ``vault``, which holds the answers, an e-mail or a name will do.
        Raises ``AngleMortError`` AM607 for an id that is not there, AM660 when the vault does not hold this
        leader under this id, AM315 and AM316 for a name that nobody or several people bear.
        """
        own = set(self.leaders["leader"])
        leader = respondent if respondent in own or not vault else _row_id(vault, self, respondent)
        if leader not in own:
            raise AngleMortError(problem("AM607", cohort=self.name))
        kept = _kept(vault, vault_row(vault, self, leader)) if vault else None
        return leader_sheet(leader, self._private, self.bands, self.instrument, kept)


def vault_row(vault: Vault, cohort: Cohort, leader: str) -> Row:
    """The questionnaire in the vault behind a row id of a working cohort. Raises AM660 when there is none."""
    row = next((row for row, each in _row_ids(vault, cohort).items() if each == leader), None)
    if row is None:
        raise AngleMortError(problem("AM660", cohort=cohort.name))
    return row


def _row_ids(vault: Vault, cohort: Cohort) -> dict[Row, str]:
    """Every questionnaire of the vault that this cohort was released from, to its row id here."""
    ids = {}
    for wave in cohort.leaders["wave"].unique():
        name = cohort.name.removesuffix(f"-{wave}")  # a later wave is released under a name of its own
        named = row_ids(stored_intake(vault, name, wave), vault.naming(working_audience(name, wave)))
        ids |= {(name, wave, each): leader for each, leader in named.items()}
    return ids


def _row_id(vault: Vault, cohort: Cohort, identity: str) -> str:
    """The row id of a person known to the vault by e-mail or name; nothing when they are not in this cohort."""
    ids = _row_ids(vault, cohort)
    return next((ids[row] for row in vault.find(identity) if row in ids), "")


def _kept(vault: Vault, row: Row) -> Kept:
    cohort, wave, respondent = row
    kept = vault.wave(cohort, wave)
    words = kept.texts[kept.texts["respondent"] == respondent].set_index("item")["text"]
    return Kept(kept.responses.loc[respondent], vault.mirror(cohort, wave, respondent), words)


def _read_bands(scores: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    rule = instrument.scoring["bands"]
    return bands(scores, tuple(rule["thresholds"]), rule["named_at"], rule["scales"], rule["reversed"])


def load_cohort(folder: str | Path, instrument: Instrument | None = None) -> Cohort:
    """A released cohort, accepted only when its files match its certificate, and read with the norms it was made with.

    The certificate names the norms; they travel with the package, or stand in the workspace's ``data/norms``.
    Raises ``AngleMortError``: AM601 no such cohort, AM602 changed, AM603 made by a later version, AM604 unreadable
    certificate, AM608 another questionnaire, AM104 its norms are not there, AM617 they were changed.

    >>> from angle_mort.shipped import shipped
    >>> cohort = load_cohort(shipped("demo") / "cohorte")
    >>> cohort.summary.n
    24
    """
    instrument = instrument or load_instrument()
    folder = Path(folder)
    recover_folder(folder)
    tables, certificate = read_certified(folder)
    made_with = certificate["instrument"]
    if (made_with["name"], made_with["version"]) != (instrument.name, instrument.version):
        found = f"{made_with['name']} {made_with['version']}"
        raise AngleMortError(problem("AM608", found=found, known=f"{instrument.name} {instrument.version}"))
    norms = _norms_of(certificate, folder, instrument)
    return Cohort(str(certificate["name"]), tables, certificate, replace(instrument, norms=norms), folder)


def _norms_of(certificate: Mapping, folder: Path, instrument: Instrument) -> Norms:
    """The norms that the certificate names: the instrument's own, or those of the workspace that the folder lies in."""
    made_with, own = certificate["norms"], instrument.norms
    place = folder.resolve().parent.parent / NORMS.name  # data/cohorts/NAME beside data/norms
    norms = own if own.name == made_with["name"] else load_norms(made_with["name"], place)
    if made_with.get("seal", norms.seal) != norms.seal:
        raise AngleMortError(problem("AM617", name=norms.name, cohort=str(certificate["name"])))
    return norms


def check_name(name: str) -> str:
    """The name of a cohort, good for a folder on every system and none of a later wave's; raises AM609, AM640."""
    wave = _LIKE_A_WAVE.fullmatch(name)
    if wave and _NAME.fullmatch(name):
        raise AngleMortError(problem("AM640", name=name, cohort=wave[1], wave=wave[2].upper()))
    if not _NAME.fullmatch(name) or name in {"con", "prn", "aux", "nul"} or re.fullmatch(r"(com|lpt)\d", name):
        raise AngleMortError(problem("AM609", name=name))
    return name


def check_wave(wave: str) -> str:
    """The name of a wave, T0 to T99; raises AM641 otherwise.

    >>> check_wave("t1")
    'T1'
    """
    if not _WAVE.fullmatch(wave.upper()):
        raise AngleMortError(problem("AM641", wave=wave))
    return wave.upper()


def wave_number(wave: str) -> int:
    """The place of a wave among those of its cohort: T2 is 2."""
    return int(check_wave(wave)[1:])


def wave_name(cohort: str, wave: str) -> str:
    """What a released wave is called, on pages and on the disk; the first one is the cohort itself.

    >>> wave_name("artisans", "T0"), wave_name("artisans", "T1")
    ('artisans', 'artisans-T1')
    """
    return cohort if wave == FIRST_WAVE else f"{cohort}-{wave}"


def demonstration_id(identity: str) -> str:
    """The row id of an invented person."""
    return pseudonym(DEMONSTRATION_KEY, identity)


def row_ids(intake: Intake, name_of: Callable[[str], str]) -> dict[str, str]:
    """A pseudonym per respondent, made by ``name_of`` from the e-mail, else the name, else the line of this very file.

    The same person twice in one file gets two ids, made from the identity and its rank. Somebody without e-mail or name
    is known by the file's own hash: two anonymous files never share an id.
    """
    people = intake.identities.set_index("respondent")
    lines = "line " + people["line"].astype(str) + " of " + intake.dialect.sha256
    identity = _identities(intake)
    return _named(identity.where(identity != "", lines), name_of)


def ledger_members(
    intake: Intake, name_of: Callable[[str], str], known_as: pd.Series | None = None
) -> dict[str, tuple[str, str]]:
    """Two tokens per respondent for the ledger: of the person (e-mail or name), and of the answers.

    ``known_as`` (``Vault.known_as``) names each respondent as the first wave that they answered did: somebody who left
    out the e-mail the second time is no other person. The answers tell one answer from its correction, and know
    somebody again who gave neither e-mail nor name.
    """
    answers = (
        intake.responses.sort_index(axis=1)
        .fillna(-9)
        .astype(int)
        .apply(lambda row: "answers " + str(dict(row)), axis=1)
    )
    identity = (_identities(intake) if known_as is None else known_as.map(_folded)).reindex(answers.index)
    told = _named(answers, name_of)
    known = _named(identity[identity != ""], name_of)
    return {each: (known.get(each, told[each]), told[each]) for each in answers.index}


def _identities(intake: Intake) -> pd.Series:
    """The e-mail, else the name, else nothing, by respondent."""
    people = intake.identities.fillna("").set_index("respondent")
    return people["email"].where(people["email"] != "", people["person"]).map(_folded)


def _named(identity: pd.Series, name_of: Callable[[str], str]) -> dict[str, str]:
    """A name for each identity; the second of one identity gets another, made with its rank."""
    rank = identity.groupby(identity).cumcount()
    named = [json.dumps([each, int(place)]) for each, place in zip(identity, rank, strict=True)]
    return dict(zip(identity.index, map(name_of, named), strict=True))


def working_audience(cohort: str, wave: str) -> str:
    """The audience of the row ids of one released wave: the same person has another id in the next one, and elsewhere.

    >>> working_audience("artisans", "T0") == working_audience("artisans", "T1")
    False
    """
    return f"working cohort {cohort} {wave}"


def stored_intake(vault: Vault, cohort: str, wave: str) -> Intake:
    """An export as the vault keeps it, ready to be released again. Raises AM309 and AM323 when it is not there."""
    kept = vault.wave(cohort, wave)
    parts = kept.responses, kept.report, Counts(**kept.counts), kept.texts, kept.identities
    return Intake(*parts, kept.form, Dialect(**kept.dialect))


def norms_place(name: str) -> Path:
    """The file of new norms in the workspace; raises AM106 for a name that is taken or makes no file name."""
    try:
        load_norms(check_name(name))
    except AngleMortError as error:
        if error.codes[0] == "AM104":
            return NORMS / f"{name}.yaml"
    raise AngleMortError(problem("AM106", name=name))


def norms_of(
    vault: Vault,
    cohorts: Sequence[str],
    wave: str,
    population: str,
    day: datetime.date,
    instrument: Instrument,
    name: str = "",
) -> Norms:
    """Norms from the answers of some cohorts, which only the vault keeps; whoever is in two of them counts once.

    Raises ``AngleMortError``: AM309 and AM323 a cohort that is not there, AM612 one that scores no leader, AM105 when
    fewer leaders answered than margins need, and those of ``build_norms``.
    """
    intakes = [stored_intake(vault, cohort, wave) for cohort in dict.fromkeys(cohorts)]
    forms = sorted({intake.form for intake in intakes} - set(_FORMS))
    if forms:
        raise AngleMortError(*(problem("AM612", form=form) for form in forms))
    pool = pd.concat([intake.responses for intake in intakes], ignore_index=True)
    who = pd.concat([_identities(intake)[intake.responses.index] for intake in intakes], ignore_index=True)
    pool = pool[~((who != "") & who.duplicated())]
    _refuse_few(len(pool), instrument)
    norms = build_norms(pool, population, day, instrument, name)
    _refuse_few(norms.n, instrument)
    return norms


def _refuse_few(n: int, instrument: Instrument) -> None:
    minimum = instrument.scoring["norms"]["provisional_below"]
    if n < minimum:
        raise AngleMortError(problem("AM105", n=n, minimum=minimum))


def _folded(identity: str) -> str:
    """One person, however the address was typed."""
    return unicodedata.normalize("NFKC", str(identity)).casefold().strip()


def standing_norms(folder: Path) -> str | None:
    """The name of the norms of the release that stands there, if one does."""
    try:
        return read_certificate(folder)["norms"]["name"]
    except AngleMortError:
        return None


def score_intake(intake: Intake, instrument: Instrument) -> pd.DataFrame:
    """The tidy scores of what an intake kept.

    Raises AM605 when fewer leaders than the minimum cohort are left, AM612 for a form that scores no leader (mirror).
    """
    if intake.form not in _FORMS:
        raise AngleMortError(problem("AM612", form=intake.form))
    if len(intake.responses) < POLICY.cohort:
        raise AngleMortError(problem("AM605", n=len(intake.responses), minimum=POLICY.cohort))
    return score_responses(intake.responses, instrument)


def release_cohort(
    intake: Intake,
    table: pd.DataFrame,
    ids: Mapping[str, str],
    folder: Path,
    instrument: Instrument,
    day: datetime.date,
    name: str,
    demonstration: bool = False,
    members: Mapping[str, tuple[str, str]] | None = None,
    wave: str = FIRST_WAVE,
) -> Path:
    """Write the working cohort and its certificate into ``folder``, all at once or not at all.

    ``name`` is what pages will call it. An earlier release in ``folder`` is replaced; a folder that holds anything else
    is left alone (AM613), and so is everything when the folder cannot be written (AM614). Readable by its owner only.
    The thresholds of the earlier release are kept.
    ``members`` (``ledger_members``) are entered into the ledger before the folder is written; a cohort that the ledger
    does not know cannot be shared.
    """
    import angle_mort

    policy = _frozen_policy(folder)
    care = answer_care(intake.responses, instrument, seconds_taken(intake.identities))
    held = _questionnaire(intake.responses, instrument, policy)
    made = release(table, intake.responses, care, instrument, ids, intake.form, wave, held, policy)
    files = _tables_as_files(made.tables) | {PACKAGE: _json(made.package)}
    counts = {name: n for name, n in asdict(intake.counts).items() if name.startswith("rows")}
    certificate = certify(made, files, instrument, counts, name, angle_mort.__version__, day, demonstration, policy)
    if members:
        respondent = {row: each for each, row in ids.items()}
        rows = [members[respondent[row]] for row in made.leaders["leader"]]
        Ledger.beside(folder).enter(name, str(certificate["seal"]), rows)
    return _write_folder(folder, files | {CERTIFICATE: _json(certificate)})


def release_pool(cohort: Cohort, folder: Path, day: datetime.date) -> Path:
    """Write into ``folder`` the micro-aggregated scores of a cohort of at least 100 leaders, and their certificate.

    One table that may be shared, ``scores.csv``: a row per leader, the means of a group of 5 at least (10 from 500 on).
    It is in the ledger before it is written. Raises ``AngleMortError`` AM619 (too few leaders with every score), AM634
    (refused by the ledger) and the others of ``share``, AM613 and AM614 as ``release_cohort``.
    """
    import angle_mort

    policy = Policy(**cohort.certificate["policy"])
    exact = pool_scores(cohort.leaders, policy)
    k = group_size(len(exact), policy)
    means = group_means(exact, k)
    tables = {"scores": told_rows(means)}
    success = linkage_success(exact, means)
    package = described(tables, cohort.instrument)
    files = _tables_as_files(tables) | {PACKAGE: _json(package)}
    told = {
        "kind": POOL.name,
        "name": cohort.name,
        "tool": angle_mort.__version__,
        "day": day.isoformat(),
        "demonstration": cohort.certificate["demonstration"],
        "status": "micro-aggregated scores, may be shared",
        "instrument": cohort.certificate["instrument"],
        "policy": policy.as_dict(),
        "n": len(exact),
        "k": k,
        "k_row": k_anonymity(tables["scores"], list(exact)),
        "variance_kept": round(variance_kept(exact, means), 3),
        "attacks": [attack("every exact score of every person", success)],
        "certifiable": bool(success.max() <= 1 / k),
    }
    share(cohort, figures=pool_figures(means))
    return _write_folder(folder, files | {CERTIFICATE: _json(sealed(told, files, package))})


def load_pool(folder: str | Path) -> pd.DataFrame:
    """The scores of a pool, people x scales, accepted only when its files match its certificate; errors as above.

    Groups hide how far apart people of one profile are: fit ``ProfileMixture(k, covariance="EEI")`` to it, which asks
    for one spread only; a spread of their own per profile ("VVI") goes astray on a pool (``benchmarks/privacy.py``).
    """
    tables, _ = read_certified(Path(folder), POOL)
    return tables["scores"]


def _tables_as_files(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    return {f"{name}.csv": frame.to_csv(index=False, lineterminator="\n").encode() for name, frame in tables.items()}


def _frozen_policy(folder: Path) -> Policy:
    """The thresholds of the release that stands there, or those of today."""
    try:
        return Policy(**read_certificate(folder)["policy"])
    except AngleMortError:
        return POLICY


def _questionnaire(responses: pd.DataFrame, instrument: Instrument, policy: Policy) -> dict[str, pd.DataFrame]:
    """What the vault's answers say of the questionnaire, as far as this many people may tell it."""
    if len(responses) < policy.distribution:
        return {}
    return told_questionnaire(questionnaire_statistics(responses, instrument), policy)


def _json(content: Mapping[str, object]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    refuse_other_folder(folder)
    try:
        replace_folder(folder, files)
    except OSError as error:
        raise AngleMortError(problem("AM614", folder=str(folder))) from error
    return folder


_LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}


def refuse_other_folder(folder: Path) -> None:
    """Raise AM613 for a place that holds anything but a released cohort: replacing it would delete somebody's work."""
    if folder.exists() and not (folder.is_dir() and _names(folder) <= FILES):
        raise AngleMortError(problem("AM613", folder=str(folder)))


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - _LEFT_BY_SYSTEMS


# ------------------------------------------------------------------------------------------------------- ways out


_RESULTS = ("summary", "questionnaire")


def report(cohort: Cohort, notebook: str | Path | None = None) -> Page:
    """The page of a cohort without a kernel: the prose of notebook 01 (or another), and the views that it names.

    Returns a page with ``.html`` and ``.save(path)``; the same as publishing the notebook, in a fraction of the time.
    What it shares is in the ledger before it is returned; raises AM634 when the ledger refuses it, AM715 for a notebook
    that only a kernel can read (``can_report``).
    """
    from angle_mort.shipped import shipped

    notebook = notebook or shipped("notebooks") / "01_lire_une_cohorte.ipynb"
    if not can_report(notebook):
        raise AngleMortError(problem("AM715", path=str(notebook)))
    results = {words: getattr(cohort, words.removeprefix("cohort.")) for name, words in _script(notebook) if name}
    page = _written(cohort, results, notebook)
    share(cohort)
    return page


def leader_report(cohort: Cohort, leader: str, vault: Vault | None = None) -> Page:
    """The page of one leader's sheet, for that leader and their coach: notebook 02 without a kernel.

    ``leader`` and ``vault`` are those of ``Cohort.sheet``, whose errors it raises; AM704 when anything of anybody else
    stands on it. No ledger: it tells of one person, to that person.
    """
    from angle_mort.shipped import shipped

    notebook = shipped("notebooks") / "02_preparer_un_entretien.ipynb"
    return _written(cohort, {"sheet": cohort.sheet(leader, vault)}, notebook)


def _written(cohort: Cohort, results: Mapping[str, CohortSummary | LeaderSheet], notebook: str | Path) -> Page:
    from angle_mort import views
    from angle_mort.publishing import page_from_script

    page = page_from_script(_script(notebook), results, views, _known(cohort))
    _ = page.html  # scanned first: a page that cannot leave is not shared
    return page


def can_report(notebook: str | Path) -> bool:
    """Whether ``report`` makes the page of a notebook without a kernel: all of it is prose and views of one cohort."""
    from angle_mort import views
    from angle_mort.publishing.script import is_script, read_cells

    shown = [(name, words) for name, words in _script(notebook) if name]
    known = all(name in views.__all__ and words.removeprefix("cohort.") in _RESULTS for name, words in shown)
    return bool(shown) and known and is_script(read_cells(notebook))


def _script(notebook: str | Path) -> Script:
    from angle_mort.publishing.script import read_cells, script_of

    return script_of(read_cells(notebook))


def is_shared(cohort: Cohort) -> bool:
    """Whether the ledger knows a page of this cohort, or needs not; raises AM630 to AM633 when nothing can be said."""
    return _invented([cohort]) or _ledger([cohort]).has_shared(str(cohort.certificate["seal"]))


def publish(
    notebook: str | Path,
    folder: str | Path,
    parameters: Mapping[str, object] | None = None,
    audience: str = SPONSOR,
    name: str | None = None,
    pdf: bool = False,
    aside: Path | None = None,
) -> Path:
    """Execute a notebook and write ``folder/<name>.html`` with what ``audience`` may see; return its path.

    With ``pdf``, the same page beside it on A4 (AM720, AM721 where it cannot be printed: the page itself is written).

    ``parameters["cohort_path"]`` is the released cohort that the page tells of, or ``cohort_paths`` several that are
    read as one group; ``name`` defaults to the notebook's.
    For a sponsor, what the page shares is in the ledger before the page is written. A failed cell, an unknown
    parameter, what the scanner finds or what the ledger refuses: nothing is written. A notebook that fails is kept in
    ``aside``, when it is given, with all that it had shown.
    Raises ``AngleMortError`` AM700 (no such notebook), AM636 (the page is not of that cohort), AM634 and the others of
    ``Ledger.share``, and those of ``execute`` and ``Page.html``.
    """
    from angle_mort.publishing import publish as write

    parameters = dict(parameters or {})
    return write(notebook, folder, parameters, audience, name, partial(_share_page, parameters), pdf, aside)


def write_table(cohort: Cohort, view: Callable[[CohortSummary], View], path: str | Path) -> Path:
    """Write the table of a view of a cohort (``am.views.blocks``) as ``.csv`` or ``.xlsx``; return its path.

    No cell of it is computed by a spreadsheet. As for a page, what it shares is in the ledger before it is written.
    Raises those of ``publishing.write_table`` and of ``Ledger.share``, AM636 for a view of another cohort.
    """
    from angle_mort.publishing import write_table as write

    shown = view(cohort.summary)
    if shown.cohort != cohort.certificate["seal"]:
        raise AngleMortError(problem("AM636"))
    return write(shown, path, partial(share, cohort), _known(cohort))


def _known(cohort: Cohort) -> Known:
    """What the folder of a cohort knows of people, wherever this program runs."""
    from angle_mort.publishing.scanning import Known

    return Known.here(*([cohort.folder] if cohort.folder else []))


def _share_page(parameters: Mapping[str, object], page: Page) -> None:
    if page.audience != SPONSOR or page.demonstration:
        return
    places = parameters.get("cohort_paths") or [parameters.get("cohort_path")]
    cohorts = [load_cohort(place) for place in places if place is not None]
    seals = [str(each.certificate["seal"]) for each in cohorts]
    if len(cohorts) > 1 and page.cohort == compared_seal(seals):
        share_side_by_side(*cohorts)
    elif cohorts and page.cohort == joined_seal(each.certificate for each in cohorts):
        share(*cohorts)
    else:
        raise AngleMortError(problem("AM636"))


def share_side_by_side(*cohorts: Cohort) -> None:
    """Enter several cohorts that a page compares: what the page tells of each is what its own page would.

    All are audited before one is entered. Raises AM651 when two have somebody in common, and those of ``share``.
    """
    check_nobody_in_common(*cohorts)
    for each in cohorts:
        check_shareable(each)
    for each in cohorts:
        share(each)


def check_nobody_in_common(*cohorts: Cohort) -> None:
    """Raise AM651 when somebody is in two of these cohorts, or in two waves of one.

    Their difference would be that of the others alone, and two waves are no two groups. The ledger knows; of invented
    people their row ids do.
    """
    names = " + ".join(each.name for each in cohorts)
    rows = [row for each in cohorts for row in each.leaders["leader"]]
    seals = [str(each.certificate["seal"]) for each in cohorts]
    if len(set(rows)) < len(rows) or (not _invented(cohorts) and _ledger(cohorts).people_in_common(seals, names)):
        raise AngleMortError(problem("AM651", cohorts=names))


def share(*cohorts: Cohort, figures: Sequence[Figure] = ()) -> bool:
    """Enter what is told of a cohort, or of several as one group, into the ledger; False when it was shared before.

    A page may show less than the summary of its cohort: the whole of it counts as shared, or ``figures``, when they are
    given. Nothing to enter for invented people. Raises AM634 (it would set too few people apart) and the others of
    ``Ledger.share``.
    """
    page = _shared(cohorts, figures)
    return not _invented(cohorts) and _ledger(cohorts).share(page)


def check_shareable(*cohorts: Cohort) -> None:
    """Raise what ``share`` or the summary would raise, and enter nothing."""
    page = _shared(cohorts)
    if not _invented(cohorts):
        _ledger(cohorts).refuse(page)


def _refused(cohort: Cohort, figures: Sequence[Figure]) -> frozenset[str]:
    """The measures that the ledger does not let through; none where there is no ledger to ask."""
    if _invented([cohort]):
        return frozenset()
    with contextlib.suppress(AngleMortError):
        return frozenset(_ledger([cohort]).refused(_shared([cohort], figures)))
    return frozenset()


def _invented(cohorts: Sequence[Cohort]) -> bool:
    return all(each.certificate["demonstration"] for each in cohorts)


def _ledger(cohorts: Sequence[Cohort]) -> Ledger:
    places = {each.folder.resolve().parent for each in cohorts if each.folder}
    if len(places) != 1:
        raise AngleMortError(problem("AM635", cohort=cohorts[0].name))
    return Ledger.beside(next(each.folder for each in cohorts if each.folder))


def _shared(cohorts: Sequence[Cohort], figures: Sequence[Figure] = ()) -> SharedPage:
    """Of several cohorts: who is in each, and whatever is told of all of them together."""
    if not figures and len(cohorts) == 1:
        figures = cohorts[0].figures
    elif not figures:
        rows = [frozenset(each.leaders["leader"]) for each in cohorts]
        figures = [figure for each in (frozenset().union(*rows), *rows) for figure in of_everybody(each)]
    releases = {str(each.certificate["seal"]): list(each.leaders["leader"]) for each in cohorts}
    return SharedPage(" + ".join(each.name for each in cohorts), datetime.date.today(), releases, figures)
