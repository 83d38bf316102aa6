"""What comes out: a cohort's summary that may be shared, and a leader's sheet that is for that leader. Frozen."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

SPONSOR, LEADER = "sponsor", "leader"
"""The audiences of a shared page: those who pay for or follow the programme, and one leader alone."""

COACH = "coach"
"""The mark of what stays in the coach's own notebook: no page is published for it."""


@dataclass(frozen=True)
class Summary:
    """What every shareable summary says of itself; made by ``disclosure`` only.

    ``seal`` is that of the released cohort (views of one page carry the same), ``n`` its leaders, ``minimum`` the
    smallest group that is told, ``level`` that of every interval (0-1), ``versions`` of the tool and of the norms,
    ``policy`` the thresholds, with their name.
    """

    name: str
    seal: str
    audience: str
    demonstration: bool
    day: datetime.date
    n: int
    minimum: int
    level: float
    instrument: str
    versions: Mapping[str, str]
    policy: Mapping[str, object]


@dataclass(frozen=True)
class CohortSummary(Summary):
    """Aggregates of one cohort that passed the disclosure rules.

    All values are 0-100 unless said; ``low`` and ``high`` hold measurement error only, at the declared level.

    - ``means``: ``scale``, ``mean`` (1 decimal), ``se_measurement``, ``low``, ``high``, ``people`` (in words where a
      number would isolate somebody), ``least`` (the number in these words), ``band``, ``provisional``
    - ``areas``: ``area``, then for ``felt`` and ``fact``: the mean, ``_se``, ``_low``, ``_high``, ``people_``
    - ``steps``: ``step``, ``mean``, ``se_measurement``, ``low``, ``high``, ``people``, ``target``, ``p_weakest``
    - ``counts``: ``figure``, ``category`` (codes of a merged group joined by ``+``), ``count`` (or None), ``shown``
    - ``care``: ``light``, ``shown``
    - ``withheld``: ``what``, ``rule``, ``needed`` (the size from which it may be told)
    """

    provisional: bool
    intake: Mapping[str, str]
    means: pd.DataFrame
    areas: pd.DataFrame
    steps: pd.DataFrame
    weakest_step: str | None
    counts: pd.DataFrame
    care: pd.DataFrame
    withheld: pd.DataFrame


@dataclass(frozen=True)
class ComparisonSummary(Summary):
    """The group means of several cohorts side by side; each passed the disclosure rules by itself.

    ``n`` counts the leaders of all, ``sizes`` those of each cohort by its name. ``spread`` is the declared SD of a
    score (points), from which ``error`` is made, and ``limit`` the probability from which a cohort is named.

    - ``means``: ``cohort``, ``scale``, ``mean``, ``error`` (standard error of the mean of such a group), ``low``,
      ``high``, ``people``; a scale is there when two cohorts tell it
    - ``apart``: ``scale``, ``highest`` and ``lowest`` (a cohort's name, empty where none is probable enough),
      ``p_highest``, ``p_lowest``
    """

    sizes: Mapping[str, int]
    spread: float
    limit: float
    means: pd.DataFrame
    apart: pd.DataFrame


@dataclass(frozen=True)
class QuestionnaireSummary(Summary):
    """How well the questionnaire held in one cohort of at least 30 leaders: rounded aggregates, never an answer.

    Numbers of people (``n``, ``n_used``) are lower bounds, in steps of ``minimum``. Shares are 0-1, of all leaders, and
    missing where they would tell of fewer than ``minimum`` people, alone or with the other shares of their question. A
    scale that fewer than 30 leaders answered without a gap is left out.

    - ``scales``: ``scale``, ``n_items``, ``n_used``, ``alpha``, ``alpha_low``, ``alpha_high``, ``omega``, ``rmsea``,
      ``srmr``, ``mean_inter_item``, ``split_half``, ``se_measurement`` (points of 0-100), ``provisional``
    - ``items``: ``scale``, ``item``, ``floor``, ``ceiling``, ``missing``, ``not_applicable``, ``item_rest``,
      ``item_rest_low``, ``item_rest_high``
    - ``pairs``: ``first``, ``second``, ``n``, ``r``, ``low``, ``high``, ``r_true``, ``true_low``, ``true_high``,
      ``verdict``
    - ``models``: ``model``, ``n_used``, ``rmsea``, ``srmr``, ``bic``, ``status``; ``preferred`` is the one to keep, and
      ``dimensions`` how many the answers hold beyond chance (None when too few leaders answered without a gap)
    """

    scales: pd.DataFrame
    items: pd.DataFrame
    pairs: pd.DataFrame
    models: pd.DataFrame
    preferred: str
    dimensions: int | None


@dataclass(frozen=True)
class FollowUpSummary(Summary):
    """What may be shared of those who answered two waves of one cohort (``n`` of them), before and after.

    ``waves``: the two, by name. ``chance``: the share (0-1) whom the threshold would call better, and as many worse,
    without any true change.

    - ``means``: ``scale``, ``before``, ``after``, ``change`` (points of 0-100, 1 decimal), ``low``, ``high`` (of the
      change, measurement error only), ``people`` (in words)
    - ``counts``: ``figure`` (``change`` of the index, ``scenario``), ``category`` (better, none, worse, unknown; merged
      ones joined by ``+``), ``count``, ``shown``
    - ``withheld``: as in ``CohortSummary``
    """

    waves: tuple[str, str]
    provisional: bool
    chance: float
    means: pd.DataFrame
    counts: pd.DataFrame
    withheld: pd.DataFrame


@dataclass(frozen=True)
class FollowUp:
    """Everything that several waves of a cohort say, with names: for the coach's own notebook, never for a page.

    ``waves`` by name, in order; ``moments`` when each was, in ``unit`` ("wave" or "month"); ``paired`` how many people
    answered the first and the last; ``headline`` the index that progress is told of.

    - ``attendance``: ``wave``, ``form``, ``n``, ``again`` (seen in another wave), ``unknown`` (no e-mail, no name),
      ``several`` (two questionnaires in this wave: not followed), ``missing`` (share of questions left out, 0-1)
    - ``lost``: one row, the headline before of those who did not come back less that of those who did: ``n``,
      ``n_waiting``, ``difference``, ``low``, ``high``; empty when there are too few of either
    - ``people``: ``person``, ``label``, by label
    - ``changes``: ``person``, ``first``, ``last`` (waves) and what ``reliable_change`` gives between them
    - ``slopes``: as ``roadmap.slopes`` gives them
    - ``facts``: ``person``, ``wave``, then the scenario, gains and placements (in their units, J 1-3) and ``handed``
      (share of tasks no longer « Moi », 0-100, missing in a short form unless ``from_plan``: the delegation plan, which
      stands for the last wave)
    - ``group``: ``scale``, ``better``, ``none``, ``worse``, ``unknown``, ``changed`` (people), first to last wave
    - ``transitions``: ``before``, ``after``, ``n`` of the scenario
    - ``effect``: as ``programme_effect``, with ``before`` (the mean) and ``regression`` (points that picking people by
      this score would explain at most; missing where no norms tell the mean of others)
    - ``waiting``: as ``against_waiting_list``, empty without a waiting list named ``waiting_name``
    - ``needed``: ``difference``, ``alone``, ``each`` (people, without and with a waiting list)
    """

    name: str
    audience: str
    seal: str
    demonstration: bool
    level: float
    waves: tuple[str, ...]
    moments: Mapping[str, float]
    unit: str
    headline: str
    paired: int
    waiting_name: str
    attendance: pd.DataFrame
    lost: pd.DataFrame
    people: pd.DataFrame
    changes: pd.DataFrame
    slopes: pd.DataFrame
    facts: pd.DataFrame
    group: pd.DataFrame
    transitions: pd.DataFrame
    effect: pd.DataFrame
    waiting: pd.DataFrame
    needed: pd.DataFrame


@dataclass(frozen=True)
class ProfilesSummary(Summary):
    """Whether joined cohorts bear profiles, and which, as far as each audience may know.

    ``audience`` may see the comparison and its verdict; ``profiles_for`` all that tells of profiles (``shared_from`` is
    the size from which that may be shared). ``sizes``: leaders of each cohort, empty where they share rows.

    - ``verdict``: the code of ``compare_profiles``
    - ``candidates``: ``family``, ``n_components``, ``gap`` (whole points of BIC better than the best single group),
      ``smallest`` (people, in words where few), ``relative_entropy``, ``replicated``, ``jaccard``, ``shape_p``,
      ``blrt_p``, ``split_half`` (2 decimals, missing where not measured), ``judged``; no row below 30 leaders
    - ``chances``: ``n_components``, ``probability``
    - ``positions``: ``profile``, ``name``, ``share`` (0-1), ``scale``, ``mean``, ``low``, ``high`` (whole points)
    - ``scales``: ``scale``, ``separation``, ``low``, ``high`` (0-1)
    - ``people``: ``group`` (profiles, ``far`` and ``between``; merged ones joined by ``+``), ``count`` (5 at least)
    - ``consequences``: ``profile``, ``name``, ``outcome``, ``mean``, ``low``, ``high`` (whole points), ``apart`` (the
      outcome differs between profiles beyond chance)
    - ``sharpness``: ``probability`` (mean of the highest membership), ``relative_entropy``, ``jaccard``

    The last five hold nothing when no profile may be told.
    """

    sizes: Mapping[str, int]
    verdict: str
    candidates: pd.DataFrame
    chances: pd.DataFrame
    profiles_for: str
    shared_from: int
    positions: pd.DataFrame
    scales: pd.DataFrame
    people: pd.DataFrame
    consequences: pd.DataFrame
    sharpness: Mapping[str, float]


@dataclass(frozen=True)
class LeaderSheet:
    """Everything that is known of one leader, for that leader and their coach; never for a sponsor.

    ``leader`` is the row id, ``seal`` that of the released cohort, ``level`` of every interval (0-1). Each frame holds
    this leader alone; scores are 0-100, answers are codes (NaN missing, -1 does not apply).

    - ``scores``, ``bands``, ``dominance``, ``prototypes``: the rows of the cohort's frames of these names
    - ``answers``: ``item``, ``code``: every answer that is known, from the cohort or from the vault
    - ``areas``: ``area``, ``felt``, ``felt_low``, ``felt_high`` (missing without the vault), ``fact``, ``fact_low``,
      ``fact_high``
    - ``checks``: ``check``, ``left``, ``right``, ``difference``, ``margin``, ``answer``
    - ``steps``: ``step``, ``value``, ``se_measurement``, ``low``, ``high``, ``target``, ``p_weakest``; ``weakest_step``
      is the step that may be named, None for undecided
    - ``strengths``, ``questions``: ``about``, ``says``, ``source`` (item or check), ``answer`` (its code)
    - ``fatigue``: the sentences of the stage that is reached, none when there is nothing to say
    - ``missing``: codes of what the sheet cannot tell: ``vault`` (answers stay there), ``mirror`` (collaborators'
      answers: none, or fewer than 3), ``role`` (what the leader alone must do was not written)
    - ``own_words``: what the leader wrote that they alone must do; the coach reads it, no page carries it
    """

    audience: ClassVar[str] = LEADER

    leader: str
    wave: str
    seal: str
    demonstration: bool
    day: datetime.date
    level: float
    provisional: bool
    versions: Mapping[str, str]
    scores: pd.DataFrame
    bands: pd.DataFrame
    dominance: pd.DataFrame
    prototypes: pd.DataFrame
    answers: pd.DataFrame
    areas: pd.DataFrame
    checks: pd.DataFrame
    steps: pd.DataFrame
    weakest_step: str | None
    strengths: pd.DataFrame
    questions: pd.DataFrame
    fatigue: tuple[str, ...]
    missing: tuple[str, ...]
    own_words: str = ""


@dataclass(frozen=True)
class Transfer:
    """What handing over some tasks may change for one leader: for that leader and their coach, never for a sponsor.

    Bounds are those of the suppositions in ``suppositions`` (``name_value``, ``name_low``, ``name_high``).

    - ``tasks``: ``task``, ``priority``, then today and in the end, hours a week: ``before``, ``before_low``,
      ``before_high``, ``after``, ``after_low``, ``after_high`` (NaN where the hours are unknown)
    - ``freed``: one row, hours a week in the end: ``value``, ``low``, ``high`` (may be infinite), ``unknown`` (tasks)
    - ``curve``: ``week`` (0 is today), ``value``, ``low``, ``high``: the leader's hours beyond those of today
    - ``shares``: ``when`` (``today``, ``missions``: freed hours go to the missions, ``shorter``: the week shortens),
      ``low``, ``high``: the five missions in percent of the week
    - ``repaid``: ``value``, ``low``, ``high``: the week in which the time put in has come back, or None
    - ``total``: hours of the week; ``room``: those outside the missions that no task of the plan takes (NaN unknown,
      negative when the plan's hours exceed them)
    """

    audience: ClassVar[str] = LEADER

    tasks: pd.DataFrame
    freed: pd.DataFrame
    curve: pd.DataFrame
    shares: pd.DataFrame
    repaid: Mapping[str, int | None]
    total: float
    room: float
    suppositions: Mapping[str, float]


@dataclass(frozen=True)
class DelegationPlan:
    """The plan of one leader and what a choice of its tasks may change, for that leader and their coach.

    - ``tasks``: ``task``, ``priority``, ``hours``, ``holder``, ``who``, ``quarter``, ``only_me``, as
      ``roadmap.delegation`` tells of them
    - ``calendar``: ``quarter``, ``starts``, ``tasks`` (lists), ``value``, ``low``, ``high``, ``unknown``
    - ``transfer``: of the tasks that were chosen
    """

    audience: ClassVar[str] = LEADER

    leader: str
    seal: str
    demonstration: bool
    tasks: pd.DataFrame
    calendar: pd.DataFrame
    transfer: Transfer
