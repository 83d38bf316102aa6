"""The ledger: one audience, one append-only record of whom every shared figure stands on, audited before each page."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from angle_mort.disclosure.audit import fewest_isolated
from angle_mort.disclosure.figures import ANSWERS, PEOPLE, Figure
from angle_mort.disclosure.summary import COUNTS
from angle_mort.disclosure.thresholds import POLICY
from angle_mort.disk import alone, append_line, replace_file
from angle_mort.errors import AngleMortError, problem
from angle_mort.results import SPONSOR

LEDGER_FORMAT = 1
_PATIENCE = 30.0
"""Seconds to wait for another program that shares; an audit takes well under one."""

Member = tuple[str, str]
"""Somebody in a release: the keyed token of the person, and that of the answers; neither says who without the vault."""


@dataclass(frozen=True)
class SharedPage:
    """What is about to be shared: of which cohort, on what day, the rows of each release by its seal, the figures.

    ``paired``: the releases are waves of one cohort, and the page tells of those alone who answered all of them.
    """

    cohort: str
    day: datetime.date
    releases: Mapping[str, Sequence[str]]
    figures: Sequence[Figure]
    paired: bool = False


@dataclass
class Ledger:
    """The record of one audience in ``path`` (JSON lines), and beside it the mark of its last line.

    Each line carries the hash of all lines before it, and the mark is moved once a line is on the disk: a line that was
    changed, removed or cut off is seen (AM631), also at the end. A last line without its end was never acknowledged
    (the program was killed there), and the next one takes its place.

    ``begin`` makes it, ``enter`` notes whom a release holds, ``refused`` audits a page, ``share`` also records it.
    """

    path: Path
    audience: str = SPONSOR

    @classmethod
    def beside(cls, cohort: Path, audience: str = SPONSOR) -> Ledger:
        """The ledger of the workspace that holds this cohort: ``data/private/``, next to ``data/cohorts/``."""
        return cls(cohort.resolve().parent.parent / "private" / f"registre-{audience}.jsonl", audience)

    @property
    def mark(self) -> Path:
        return self.path.with_suffix(".repere")

    def exists(self) -> bool:
        return self.path.exists() or self.mark.exists()

    def begin(self) -> None:
        """Write the first line: the audience and the settings, frozen for the engagement."""
        with self._alone() as record:
            if not record.lines:
                self._append(record, _opening(self))

    def knows_somebody(self) -> bool:
        """Whether any release is noted in it. Raises AM630 to AM633."""
        with self._begun() as record:
            return bool(record.releases)

    def enter(self, cohort: str, seal: str, members: Sequence[Member]) -> None:
        """Note who stands in the rows of a release, in the order of its rows. Raises AM630 to AM633."""
        with self._begun() as record:
            if seal not in record.releases:
                told = {"kind": "release", "cohort": cohort, "seal": seal, "members": [list(each) for each in members]}
                self._append(record, told)

    def people_in_common(self, releases: Sequence[str], cohort: str) -> bool:
        """Whether two of these releases hold the same person, in whatever wave. Raises AM630 to AM633, and AM635."""
        with self._begun() as record:
            if not set(releases) <= set(record.releases):
                raise AngleMortError(problem("AM635", cohort=cohort))
            people = [{record.owner[person] for person, _ in record.releases[seal]} for seal in releases]
            return len(set().union(*people)) < sum(map(len, people))

    def refused(self, page: SharedPage) -> dict[str, int]:
        """The measures of a page that would set apart fewer than the minimum group, and how many people each would.

        Everything, as of nobody, where a whole wave and those who answered twice would both be told of.
        """
        with self._begun() as record:
            sets = _masked(record, page)[1]
            mixed = {ANSWERS: 0} if any(record.mixed_with(page, sets)) else {}
            return record.refused(sets) | mixed

    def refuse(self, page: SharedPage) -> None:
        """Raise what ``share`` would raise, and record nothing."""
        with self._begun() as record:
            _judged(record, page)

    def share(self, page: SharedPage) -> bool:
        """Audit a page and record it, on the disk before this returns; False when every figure was shared before.

        Raises AM634 when it is refused, AM637 for a whole wave beside those who answered twice, AM630 to AM633 and
        AM635 (a release that this ledger does not know) when nothing can be said.
        """
        with self._begun() as record:
            masks, fresh = _judged(record, page)
            new = any(record.new(fresh).values())
            if new:
                told = {"kind": "page", "cohort": page.cohort, "day": page.day.isoformat()}
                told |= {"paired": True} if page.paired else {}
                self._append(record, told | {"seals": list(page.releases), "figures": masks})
            return new

    def has_shared(self, seal: str) -> bool:
        """Whether a page of this release alone is recorded. Raises AM630 to AM633."""
        with self._begun() as record:
            return any(page["seals"] == [seal] for page in record.pages)

    # ------------------------------------------------------------------------------------------------- on the disk

    @contextmanager
    def _alone(self) -> Iterator[_Record]:
        """The record as it stands, and nobody else writes meanwhile."""
        try:
            with alone(self.path, _PATIENCE):
                yield self._read()
        except OSError as error:
            raise AngleMortError(problem("AM633", path=str(self.path))) from error

    @contextmanager
    def _begun(self) -> Iterator[_Record]:
        """The record of a ledger that was begun, with these settings."""
        if not self.path.exists():
            raise AngleMortError(problem("AM631" if self.mark.exists() else "AM630", path=str(self.path)))
        with self._alone() as record:
            if not record.lines:
                raise AngleMortError(problem("AM630", path=str(self.path)))
            if not _same(record.opening, _opening(self)):
                raise AngleMortError(problem("AM632", path=str(self.path)))
            yield record

    def _read(self) -> _Record:
        content = self.path.read_bytes() if self.path.exists() else b""
        whole = content[: content.rfind(b"\n") + 1]
        record = _Record(len(whole))
        for line in whole.splitlines():
            record.take(line, self.path)
        if not record.reaches(_mark(self.mark)):
            raise AngleMortError(problem("AM631", path=str(self.path)))
        return record

    def _append(self, record: _Record, told: Mapping[str, object]) -> None:
        line = record.next_line(told)
        append_line(self.path, record.size, line)  # over a torn last line, which was never acknowledged
        record.take(line.rstrip(b"\n"), self.path)
        replace_file(self.mark, json.dumps({"lines": len(record.lines), "chain": record.lines[-1]}).encode())


Sets = Mapping[str, Sequence[frozenset]]
"""The members behind each figure, by measure."""


def _masked(record: _Record, page: SharedPage) -> tuple[dict[str, list[str]], Sets]:
    """The figures of a page as masks over the rows of its releases, and the members under them."""
    if not set(page.releases) <= set(record.releases):
        raise AngleMortError(problem("AM635", cohort=page.cohort))
    place = {row: bit for bit, row in enumerate(row for rows in page.releases.values() for row in rows)}
    masks: dict[str, list[str]] = {}
    for figure in page.figures:
        masks.setdefault(figure.measure, []).append(format(sum(1 << place[row] for row in figure.people), "x"))
    return masks, {measure: record.members(page.releases, measure, each) for measure, each in masks.items()}


def _judged(record: _Record, page: SharedPage) -> tuple[dict[str, list[str]], Sets]:
    """The same, when the page may be shared; AM634 and AM637 when it may not."""
    masks, fresh = _masked(record, page)
    mixed = ", ".join(record.mixed_with(page, fresh))
    if mixed:
        raise AngleMortError(problem("AM637", cohort=page.cohort, earlier=mixed))
    refused = record.refused(fresh)
    if refused:
        told = {"n": min(refused.values()), "minimum": record.minimum}
        earlier = ", ".join(record.pages_about(fresh[PEOPLE]))
        raise AngleMortError(problem("AM634", cohort=page.cohort, earlier=earlier, **told))
    return masks, fresh


def _opening(ledger: Ledger) -> dict[str, object]:
    return {
        "kind": "ledger",
        "format": LEDGER_FORMAT,
        "audience": ledger.audience,
        "policy": POLICY.as_dict(),
    }


def _same(opening: Mapping[str, object], own: Mapping[str, object]) -> bool:
    """The thresholds may have changed since: those that the ledger began with stay."""
    return all(opening.get(key) == own[key] for key in ("kind", "format", "audience"))


@dataclass
class _Record:
    """What the lines say: the chain of their hashes, the releases by seal, and the pages."""

    size: int
    lines: list[str] = field(default_factory=list)
    opening: dict = field(default_factory=dict)
    releases: dict[str, list[Member]] = field(default_factory=dict)
    pages: list[dict] = field(default_factory=list)

    def next_line(self, told: Mapping[str, object]) -> bytes:
        chain = _chain(self.lines[-1] if self.lines else "", told)
        return json.dumps({**told, "chain": chain}, sort_keys=True, ensure_ascii=False).encode() + b"\n"

    def take(self, line: bytes, path: Path) -> None:
        """Add one line; AM631 when it is not the one that was written after those before it."""
        try:
            told = json.loads(line)
            chain = told.pop("chain")
            if chain != _chain(self.lines[-1] if self.lines else "", told):
                raise ValueError
            self._sort(told)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise AngleMortError(problem("AM631", path=str(path))) from error
        self.lines.append(chain)

    def _sort(self, told: dict) -> None:
        if told["kind"] == "ledger":
            self.opening = told
        elif told["kind"] == "release":
            self.releases[told["seal"]] = [(person, answers) for person, answers in told["members"]]
        else:
            self.pages.append(told)

    def reaches(self, mark: tuple[int, str] | None) -> bool:
        """Every line that was acknowledged is there: the mark may lag behind, never be ahead."""
        if mark is None:
            return len(self.lines) <= 1
        place, chain = mark
        return 0 < place <= len(self.lines) and self.lines[place - 1] == chain

    @property
    def minimum(self) -> int:
        """The minimum group that the ledger began with."""
        return int(self.opening["policy"]["group"])

    def new(self, sets: Sets) -> Sets:
        """Those that were not shared before."""
        return {
            measure: [one for one in each if one not in self.shared.get(measure, ())] for measure, each in sets.items()
        }

    def refused(self, sets: Sets) -> dict[str, int]:
        """The measures whose new sets, with those shared before, set too few people apart, and how many they do.

        The groups of a split are told of the same people again or of others: of a part of them, or of some more, they
        would tell the split of those who came or went, however few are in each group or none.
        """
        fewest = {measure: self._fewest(measure, each) for measure, each in self.new(sets).items() if each}
        if COUNTS in fewest:
            counted = self._counted()
            if any(here & each and here != each for here in sets[ANSWERS] for each in counted):
                fewest[COUNTS] = min(fewest[COUNTS], 1)
        return {measure: people for measure, people in fewest.items() if people < self.minimum}

    def mixed_with(self, page: SharedPage, sets: Sets) -> Iterator[str]:
        """The cohorts shared before that are a whole wave where this one is those who answered twice, or the reverse.

        Of two waves, the paired set or both whole waves are told, never both, however many the others are.
        """
        if not self.new(sets)[ANSWERS]:
            return
        own = list(page.releases)
        for each in self.pages:
            if page.paired != each.get("paired", False):
                told = self.members(each["seals"], ANSWERS, each["figures"][ANSWERS])
                mixed = self._leaves_out(*((sets[ANSWERS], told) if page.paired else (told, sets[ANSWERS])))
            else:
                alone = len(own) == len(each["seals"]) == 1
                mixed = alone and self._is_mixed(self.releases[own[0]], self.releases[each["seals"][0]])
            if mixed:
                yield each["cohort"]

    def _leaves_out(self, paired: Sequence[frozenset], told: Sequence[frozenset]) -> bool:
        """Whether somebody of a wave that is told of is not among those of it who answered all waves.

        A pool tells of those who have every score, and joined cohorts of each and of all: only what lies within one
        release is a wave.
        """
        waves = [frozenset(answers for _, answers in members) for members in self.releases.values()]
        within = [many for many in told if any(many <= wave for wave in waves)]
        return any(few & many and many - few for few in paired for many in within)

    def _is_mixed(self, one: Sequence[Member], other: Sequence[Member]) -> bool:
        few, many = sorted((one, other), key=len)
        return any(_is_paired(self._wave(few), self._wave(many), self._wave(each)) for each in self.releases.values())

    def _wave(self, members: Sequence[Member]) -> tuple[frozenset, frozenset]:
        """Who is in a release, and their answers."""
        return frozenset(self.owner[person] for person, _ in members), frozenset(answers for _, answers in members)

    def _counted(self) -> list[frozenset]:
        """Everybody of each page that told a split."""
        pages = [page for page in self.pages if COUNTS in page["figures"]]
        return [each for page in pages for each in self.members(page["seals"], ANSWERS, page["figures"][ANSWERS])]

    def _fewest(self, measure: str, new: Sequence[frozenset]) -> int:
        """Only what touches these people, directly or through others, can say anything of them."""
        near = _touching(new, self.shared.get(measure, ()))
        return fewest_isolated([*new, *near], self.minimum, self.owner)

    @cached_property
    def owner(self) -> dict[str, str]:
        """Each token to one name of its person: somebody known once by e-mail and once by the same answers is one."""
        root: dict[str, str] = {}

        def top(token: str) -> str:
            while root.setdefault(token, token) != token:
                token = root[token]
            return token

        for members in self.releases.values():
            for person, answers in members:
                root[top(answers)] = top(person)
        return {token: top(token) for token in list(root)}

    def members(self, seals: Iterable[str], measure: str, masks: Sequence[str]) -> list[frozenset]:
        """The people of some releases under each mask: by name for who is there at all, else by their answers."""
        here = [member for seal in seals for member in self.releases[seal]]
        tokens = [self.owner[person] if measure == PEOPLE else answers for person, answers in here]
        return [frozenset(token for bit, token in enumerate(tokens) if int(mask, 16) >> bit & 1) for mask in masks]

    @cached_property
    def shared(self) -> dict[str, list[frozenset]]:
        """All that was shared, by measure."""
        found: dict[str, list[frozenset]] = {}
        for page in self.pages:
            for measure, masks in page["figures"].items():
                found.setdefault(measure, []).extend(self.members(page["seals"], measure, masks))
        return found

    def pages_about(self, people: Sequence[frozenset]) -> Iterator[str]:
        """The cohorts of the pages that tell of any of these people."""
        told = frozenset().union(*people)
        yield from dict.fromkeys(page["cohort"] for page in self.pages if self._tells_of(page, told))

    def _tells_of(self, page: Mapping, people: frozenset) -> bool:
        return any(people & each for each in self.members(page["seals"], PEOPLE, page["figures"][PEOPLE]))


def _is_paired(few: tuple, many: tuple, third: tuple) -> bool:
    """Whether a few are those who are both among many and in a third release, as they answered in one of the two; the
    answers of the other are all different, as those of another wave are."""
    (people, answers), (all_people, all_answers), (third_people, third_answers) = few, many, third
    if people >= all_people or people != all_people & third_people:
        return False
    return (answers < all_answers and not answers & third_answers) or (
        answers < third_answers and not answers & all_answers
    )


def _touching(new: Sequence[frozenset], known: Sequence[frozenset]) -> list[frozenset]:
    reached, left, found = set().union(*new), list(dict.fromkeys(known)), []
    while near := [each for each in left if reached & each]:
        found += near
        reached = reached.union(*near)
        left = [each for each in left if each not in set(near)]
    return found


def _chain(before: str, told: Mapping[str, object]) -> str:
    content = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{before}\n{content}".encode()).hexdigest()


def _mark(path: Path) -> tuple[int, str] | None:
    """How many lines were acknowledged, and the hash of the last; no line at all for a mark that cannot be read."""
    try:
        told = json.loads(path.read_bytes())
        return int(told["lines"]), str(told["chain"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return 0, ""
