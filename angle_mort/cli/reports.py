"""``rapport``: a page per cohort, several at a time, only where something changed, and an index over all of them."""

from __future__ import annotations

import argparse
import ast
import datetime
import glob
import html
import os
import re
import sys
import traceback
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from angle_mort.cli.output import output_folder
from angle_mort.cli.records import Made, Records, digest, seal_of
from angle_mort.cli.steps import Tally
from angle_mort.cli.unforeseen import unforeseen
from angle_mort.cli.workers import spread
from angle_mort.cohort import Cohort, can_report, check_shareable, is_shared, load_cohort, publish, report
from angle_mort.disk import alone, replace_file
from angle_mort.errors import AngleMortError, Problem, problem
from angle_mort.publishing import IndexPage, Page, check_parameters, read_cells
from angle_mort.publishing.index import INDEX, Entry
from angle_mort.publishing.paper import find_browser
from angle_mort.publishing.scanning import Known
from angle_mort.results import SPONSOR
from angle_mort.shipped import shipped
from angle_mort.text import explain, t

_READS = {"01": "summary", "06": "questionnaire"}
"""The notebooks that make a page to share of a cohort, and what of the cohort each one reads."""
_COHORT = "cohort_path"
_LATER = re.compile(r"-T[1-9][0-9]*$")
"""The folder of a later wave: its page may exclude that of the first one, which then comes before it, always."""
ALL_THERE, UNFORESEEN, REFUSED = 0, 1, 2


@dataclass(frozen=True)
class Job:
    """One page to make: of which cohort, by which notebook and parameters, into which folder, even if it stands, and
    whether on paper too."""

    place: Path
    page: str
    notebook: Path
    reads: str
    parameters: Mapping[str, object]
    output: Path
    again: bool
    pdf: bool


@dataclass(frozen=True)
class Outcome:
    """What became of it: ``made``, ``kept`` as it stood, or ``problems``; what failed may be kept ``aside``."""

    made: Made | None = None
    kept: bool = False
    problems: tuple[Problem, ...] = ()
    aside: str = ""


def rapport(asked: argparse.Namespace) -> int:
    """One page per cohort; a failure is told and the others go on."""
    notebook, reads = _notebook(asked.carnet)
    parameters = _parameters(asked.parametre, notebook)
    places, output = _cohorts(asked.cohorts), output_folder(asked.sortie)
    records = Records(output)
    pdf = asked.pdf and _can_print()
    if asked.comparer:
        return _compare(places, output, pdf)
    told = notebook, reads, parameters, output, asked.tout, pdf
    jobs = [Job(place, f"{_page_name(place.name, notebook)}.html", *told) for place in places]
    refused = {job.place: (one,) for job, one in _taken(jobs)}
    with _alone(records), Tally(len(jobs)) as tally, closing(_outcomes(jobs, refused, asked.travaux)) as outcomes:
        for job, outcome in outcomes:
            tally(*_line(job, outcome))
            if outcome.made and not outcome.kept:
                records.keep(outcome.made)
            if outcome.problems:
                refused[job.place] = outcome.problems
            tally.count["kept" if outcome.kept else "made" if outcome.made else "refused"] += 1
        index = _index(records, refused, places)
    _tell(tally.count, refused, index)
    codes = {each.code for problems in refused.values() for each in problems}
    return UNFORESEEN if codes & {"AM800", "AM703"} else REFUSED if refused else ALL_THERE


def _compare(places: Sequence[Path], output: Path, pdf: bool) -> int:
    """One page over all these cohorts; it is made anew each time, in a second or two."""
    from angle_mort.joined import compare_cohorts, compared_report  # heavy, and no other page needs it

    records = Records(output)
    with _alone(records):
        page, name = compared_report(places), "-".join(["comparaison", *(place.name for place in places)])
        path = _saved(page, output / f"{name}.html", pdf)
        today, people = datetime.date.today().isoformat(), t("unit.leader", n=compare_cohorts(places).n)
        names = " + ".join(place.name for place in places)
        entry = Entry(names, path.name, page.title, today, people, page.demonstration, [])
        records.keep(Made(page.cohort, digest(path.read_bytes()), entry))
        index = _index(records, {}, places)
    print(t("cli.rapport.made", name=names, page=str(path)))
    _tell(Counter(), {}, index)
    return ALL_THERE


def _can_print() -> bool:
    """Whether there is a browser that prints; the pages are made without one too, and the reason is told once."""
    try:
        return bool(find_browser())
    except AngleMortError as error:
        print(*explain(error), file=sys.stderr)
        return False


def _saved(page: Page, path: Path, pdf: bool) -> Path:
    path = page.save(path)
    if pdf:
        page.save(path.with_suffix(".pdf"))
    return path


def _outcomes(jobs: Sequence[Job], refused: Mapping, workers: int) -> Iterator[tuple[Job, Outcome]]:
    """Those refused already, then those that stand, then the others as they are made."""
    taken = dict(refused)
    yield from ((job, Outcome(problems=taken[job.place])) for job in jobs if job.place in taken)
    left = []
    for job in jobs:
        standing = None if job.place in taken else _standing(job)
        if standing:
            yield job, Outcome(standing, kept=True)
        elif job.place not in taken:
            left.append(job)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # each worker has one core
    first = [job for job in left if not _LATER.search(job.place.name)]
    for turn in (first, [job for job in left if job not in first]):
        for job, outcome in spread(make, turn, workers):
            died = isinstance(outcome, int)
            yield job, Outcome(problems=(problem("AM703", reason=outcome),)) if died else outcome


def _standing(job: Job) -> Made | None:
    """The record of a page that needs not be made again; whatever is wrong, making it will tell."""
    unprinted = job.pdf and not (job.output / job.page).with_suffix(".pdf").exists()
    standing = None if job.again or unprinted else Records(job.output).standing(job.page)
    with suppress(Exception):
        cohort = load_cohort(job.place) if standing else None
        if cohort and standing.seal == _seal(job, cohort) and is_shared(cohort):
            return standing
    return None


def _seal(job: Job, cohort: Cohort) -> str:
    return seal_of(cohort.certificate, job.notebook.read_bytes(), job.parameters)


# ----------------------------------------------------------------------------------------------- one page, in a worker


def make(job: Job) -> Outcome:
    """Make one page; whatever goes wrong is told, never raised."""
    aside = Records(job.output).aside(job.page)
    for each in (aside, aside.with_suffix(".txt")):
        each.unlink(missing_ok=True)
    try:
        return _make(job, aside)
    except AngleMortError as error:
        return Outcome(problems=error.problems, aside=str(aside) if aside.exists() else "")
    except Exception as error:
        return Outcome(problems=unforeseen(error).problems, aside=_trace(aside.with_suffix(".txt")))


def _make(job: Job, aside: Path) -> Outcome:
    cohort = load_cohort(job.place)
    page = _written(job, cohort, aside)
    content = page.read_bytes()
    return Outcome(Made(_seal(job, cohort), digest(content), _entry(cohort, page.name, content.decode())))


def _written(job: Job, cohort: Cohort, aside: Path) -> Path:
    if can_report(job.notebook):
        return _saved(report(cohort, job.notebook), job.output / job.page, job.pdf)
    getattr(cohort, job.reads)  # what cannot be told of, or may not be shared, fails before a kernel starts
    check_shareable(cohort)
    parameters = {**job.parameters, _COHORT: job.place}
    return publish(job.notebook, job.output, parameters, SPONSOR, Path(job.page).stem, pdf=job.pdf, aside=aside)


def _entry(cohort: Cohort, page: str, content: str) -> Entry:
    """What the index tells of a page: only what the page itself may tell."""
    title = re.search(r"<h1>(.*?)</h1>", content, flags=re.S)
    withheld = [
        (t(f"withheld.what.{row.what}"), t(f"withheld.rule.{row.rule}")) for row in cohort.summary.withheld.itertuples()
    ]
    told = html.unescape(re.sub(r"<[^>]+>", "", title[1])).strip() if title else page
    today = datetime.date.today().isoformat()
    people = t("unit.leader", n=cohort.summary.n)
    return Entry(cohort.name, page, told, today, people, cohort.summary.demonstration, withheld)


def _trace(path: Path) -> str:
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, traceback.format_exc().encode())
        return str(path)
    return ""


# -------------------------------------------------------------------------------------------- before anything is made


def _notebook(asked: str) -> tuple[Path, str]:
    """A notebook by its number, or one of the coach's own by its path, and what it reads of a cohort."""
    if asked.endswith(".ipynb"):
        check_parameters(read_cells(asked), [_COHORT])
        return Path(asked).resolve(), "summary"
    number = asked.zfill(2)
    if number not in _READS:
        raise AngleMortError(problem("AM807", notebook=asked, known=", ".join(_READS)))
    (notebook,) = shipped("notebooks").glob(f"{number}_*.ipynb")
    return notebook, _READS[number]


def _parameters(asked: Iterable[str], notebook: Path) -> dict[str, object]:
    """Each ``NAME=VALUE``; a value that is no number, list or quoted text is text."""
    told: dict[str, object] = {}
    for text in asked:
        name, equals, value = text.partition("=")
        if not equals or name == _COHORT:
            raise AngleMortError(problem("AM811", text=text))
        try:
            told[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            told[name] = value
    check_parameters(read_cells(notebook), told)
    return told


def _cohorts(patterns: Iterable[str]) -> list[Path]:
    """The folders named, wildcards expanded here too, since not every shell does."""
    found: list[Path] = []
    for pattern in patterns:
        matches = sorted(glob.glob(pattern)) if glob.has_magic(pattern) else [pattern]
        if not matches:
            raise AngleMortError(problem("AM805", pattern=pattern))
        found += [Path(match) for match in matches if Path(match).is_dir() or match == pattern]
    return list(dict.fromkeys(path.resolve() for path in found))


def _page_name(cohort: str, notebook: Path) -> str:
    """The first notebook's page is the cohort's; the others say which one they are."""
    if notebook.parent == shipped("notebooks") and notebook.name.startswith("01_"):
        return cohort
    return f"{cohort}-{re.sub(r'^[0-9]+_', '', notebook.stem).replace('_', '-')}"


def _taken(jobs: Sequence[Job]) -> Iterator[tuple[Job, Problem]]:
    """Those whose page another one would overwrite, on a disk that knows no capitals either; and the index's name."""
    names = {job.place: unicodedata.normalize("NFC", job.page).casefold() for job in jobs}
    count = Counter(names.values())
    for job in jobs:
        if names[job.place] == INDEX:
            yield job, problem("AM810", name=job.place.name)
        elif count[names[job.place]] > 1:
            yield job, problem("AM806", name=job.place.name)


@contextmanager
def _alone(records: Records) -> Iterator[None]:
    """One command at a time makes the pages of a folder; what a killed one left half-way goes. Raises AM809, AM812."""
    _refuse_unwritable(records.output)
    try:
        with alone(records.folder / "pages", 0):
            _clear(records.output)
            try:
                yield
            finally:
                _clear(records.output)
                records.tidy()
    except TimeoutError:
        raise AngleMortError(problem("AM812", folder=str(records.output))) from None
    except OSError as error:
        raise AngleMortError(problem("AM809", folder=error.filename or str(records.output))) from error


def _refuse_unwritable(folder: Path) -> None:
    """Before anything is noted as shared; the folder itself is made with its first page."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(there, os.W_OK):
        raise AngleMortError(problem("AM809", folder=str(folder)))


def _clear(folder: Path) -> None:
    """No half of a page stays in a folder that is sent away."""
    for half in (*folder.glob("*.html.part"), *folder.glob("*.pdf.part")):
        half.unlink(missing_ok=True)


# --------------------------------------------------------------------------------------------------------- what is told


def _line(job: Job, outcome: Outcome) -> tuple[str, bool]:
    if not outcome.problems:
        page = outcome.made.entry.page
        return t(f"cli.rapport.{'kept' if outcome.kept else 'made'}", name=job.place.name, page=page), True
    why = " ".join(explain(AngleMortError(*outcome.problems)))
    kept = [t("cli.rapport.aside", path=outcome.aside)] if outcome.aside else []
    return " ".join([t("cli.rapport.failed", name=job.place.name, why=why), *kept]), False


def _index(records: Records, refused: Mapping[Path, Sequence[Problem]], places: Sequence[Path]) -> Path | None:
    """The index, when there is any page to list."""
    entries = records.entries()
    missing = [(place.name, [each.code for each in problems]) for place, problems in sorted(refused.items())]
    return IndexPage(entries, missing, Known.here(*places)).save(records.output) if entries else None


def _tell(count: Counter, refused: Mapping[Path, object], index: Path | None) -> None:
    if count.total() > 1:
        print(t("cli.rapport.done", made=count["made"], kept=count["kept"], refused=count["refused"]))
        if refused:
            print(t("cli.rapport.refused", names=", ".join(sorted(place.name for place in refused))), file=sys.stderr)
    if index:
        print(t("cli.rapport.index", path=str(index)))
