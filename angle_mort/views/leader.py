"""One leader's sheet, view by view: for that leader and their coach. The dots are theirs alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.instrument import NOT_APPLICABLE, Instrument, load_instrument
from angle_mort.results import COACH, LeaderSheet
from angle_mort.text import day, number, t
from angle_mort.views import style
from angle_mort.views.charts import SIDES, as_dots, draw_areas, with_shown
from angle_mort.views.dots import draw_bars, draw_dots
from angle_mort.views.view import View, of
from angle_mort.views.words import listed, listed_values, named, scale_label, spans, turned, whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CONSEQUENCES = ("IDO", "D1", "E", "D2", "D3")
_UNPLUGGED = "d302"
_FEW = 2  # areas that share the highest answer: beyond it none stands out


# ------------------------------------------------------------------------------------------------- head and strengths


def leader_heading(sheet: LeaderSheet) -> View:
    """Whose sheet this is not said: when, for whom, and how sure its margins are."""
    name = t("view.heading.demonstration") if sheet.demonstration else t("leader.heading.title")
    lines = [
        t("leader.heading.day", day=day(sheet.day), wave=sheet.wave),
        t("leader.heading.audience"),
        t("leader.heading.margin", level=round(sheet.level * 100)),
        *([t("view.care.provisional")] if sheet.provisional else []),
        t("view.heading.versions", **sheet.versions),
        *(t(f"leader.missing.{each}") for each in sheet.missing),
    ]
    return of(sheet, "leader_heading", reading=tuple(lines), alt=name, table=pd.DataFrame(), caption=name, title=name)


def leader_strengths(sheet: LeaderSheet) -> View:
    """What already works, first, each with the answer that says so."""
    rows = [(row.says, _because(row)) for row in sheet.strengths.itertuples()]
    none = [] if rows else [t("leader.strengths.none")]
    return _listing(sheet, "leader_strengths", rows, ("strength", "because"), *none)


def leader_questions(sheet: LeaderSheet) -> View:
    """Three questions for the interview, each with the answer that raised it."""
    rows = [(row.says, _because(row)) for row in sheet.questions.itertuples()]
    reading = t("leader.questions.reading", n=len(rows)) if rows else t("leader.questions.none")
    return _listing(sheet, "leader_questions", rows, ("ask", "raised"), reading)


def _listing(
    sheet: LeaderSheet, name: str, rows: Sequence[tuple[str, ...]], columns: Sequence[str], *reading: str
) -> View:
    table = pd.DataFrame(rows, columns=[t(f"leader.column.{each}") for each in columns]) if rows else pd.DataFrame()
    return of(sheet, name, reading=reading, alt="", table=table, caption=t(f"leader.caption.{name}"))


def _because(row) -> str:
    """The question that was asked and what was answered, or the two tellings that were compared."""
    instrument = load_instrument()
    checks = instrument.scoring["cross_checks"]
    if row.source in checks["checks"]:
        answer = checks["answers"]["same" if row.answer == 0 else "different"]["fr"]
        return t("leader.because", asked=_quoted(checks["checks"][row.source]["name"]["fr"]), answer=_quoted(answer))
    item = instrument.items[row.source]
    return t("leader.because", asked=_quoted(item.fr), answer=_quoted(_answer(instrument, row.source, row.answer)))


def _answer(instrument: Instrument, item: str, code: float) -> str:
    """An answer in the words that were proposed; a number with its unit."""
    form = instrument.items[item].format
    if pd.isna(code):
        return t("view.unanswered")
    if form.kind == "multiple":
        return listed(each.fr for each in form.choices if int(code) >> each.code & 1)
    if form.kind == "number" and code != NOT_APPLICABLE:
        return t("leader.counted", value=number(code, 0 if float(code).is_integer() else 1), unit=form.unit)
    return form.choice(int(code)).fr


def _quoted(text: str) -> str:
    """Quotes within quotes, as French sets them."""
    return text.replace("\u00ab\u00a0", "\u201c").replace("\u00a0\u00bb", "\u201d")


# --------------------------------------------------------------------------------------- dots on the three bands


def leader_blocks(sheet: LeaderSheet) -> View:
    """The three reasons with their margins, the one that leads when that is probable, and the nearest position."""
    blocks = load_instrument().scoring["dominance"]["blocks"]
    return _dots(sheet, "leader_blocks", _scores(sheet, blocks), (_leading(sheet), *_position(sheet)))


def leader_consequences(sheet: LeaderSheet) -> View:
    """What it costs: the dependence index, its two halves, the ceiling, and fatigue, with no diagnosis."""
    rows = _scores(sheet, _CONSEQUENCES)
    index = rows[rows["scale"] == "IDO"]
    told = t("leader.consequences.none")
    if len(index):
        told = t("leader.consequences.reading", shown=index["shown"].iloc[0], band=index["band"].iloc[0])
    return _dots(sheet, "leader_consequences", rows, (told, *_unplugged(sheet), *sheet.fatigue), bold="IDO")


def _scores(sheet: LeaderSheet, scales: Sequence[str]) -> pd.DataFrame:
    """The scores that exist among those chosen; a scale read in reverse is turned: right is always blockage."""
    rows = sheet.scores.set_index("scale").reindex(list(scales)).rename_axis("scale")
    rows["band"] = sheet.bands.set_index("scale")["band"]
    rows = turned(rows[rows["value"].notna()].rename(columns={"value": "mean"}).reset_index())
    return with_shown(rows.assign(label=[scale_label(scale, turned=True) for scale in rows["scale"]]), sheet.level)


def _leading(sheet: LeaderSheet) -> str:
    row = sheet.dominance.iloc[0]
    chances = row.filter(like="p_").astype(float)
    if chances.isna().any():
        return t("leader.blocks.unknown")
    if f"p_{row['block']}" not in chances:
        return t("leader.blocks.mixed")
    label = load_instrument().module(row["block"]).name
    return t("leader.blocks.leading", label=_quoted(label), percent=_percent(chances.max()))


def _position(sheet: LeaderSheet) -> list[str]:
    row, prototypes = sheet.prototypes.iloc[0], load_instrument().prototypes.prototypes
    nearest = next((each for each in prototypes if each.code == row["nearest"]), None)
    if nearest is None:
        return [t("leader.position.unknown")]
    told = {"name": nearest.name, "percent": _percent(row["probability"])}
    if not row["named"]:
        sure = row["probability"] >= load_instrument().prototypes.named_at
        return [t("leader.position.partial" if sure else "leader.position.between", **told)]
    apart = (sheet.checks["answer"] == "different").any()
    named = t("leader.position.named", **told, gloss=nearest.gloss)
    return [named, *([t("leader.position.beware")] if apart else [])]


def _percent(chance: float) -> str:
    """A probability in whole per cent, never 0 nor 100: nothing here is certain."""
    return number(min(99, max(1, round(100 * chance))), 0)


def _unplugged(sheet: LeaderSheet) -> list[str]:
    """Unplugging, shown alone when the vault is open."""
    codes = _codes(sheet)
    if pd.isna(codes.get(_UNPLUGGED)):
        return []
    instrument = load_instrument()
    asked = _quoted(instrument.items[_UNPLUGGED].fr)
    return [t("leader.unplugged", asked=asked, answer=_answer(instrument, _UNPLUGGED, codes[_UNPLUGGED]))]


def _codes(sheet: LeaderSheet) -> pd.Series:
    return sheet.answers.set_index("item")["code"]


def _dots(sheet: LeaderSheet, name: str, rows: pd.DataFrame, reading: tuple[str, ...], bold: str = "") -> View:
    return of(
        sheet,
        name,
        reading=reading,
        alt=t("leader.alt.dots", values=listed_values(rows["label"], rows["shown"])) if len(rows) else "",
        table=_dot_table(rows, {t("view.column.band"): rows["band"]}) if len(rows) else pd.DataFrame(),
        caption=t("view.table"),
        draw=partial(draw_dots, [("", as_dots(rows, bold))], t("view.axis.blockage"), True) if len(rows) else None,
    )


def _dot_table(rows: pd.DataFrame, more: dict[str, Sequence[str]]) -> pd.DataFrame:
    columns = {
        "label": rows["label"],
        "value": rows["mean"].map(number),
        "interval": spans(rows["low"], rows["high"], 1),
    }
    return named(columns).assign(**{name: list(values) for name, values in more.items()})


# ------------------------------------------------------------------------------------------------------- five areas


def leader_areas(sheet: LeaderSheet) -> View:
    """The five areas twice: what the leader carries, and who took over in fact. Each rests on one answer."""
    names = load_instrument().scoring["areas"]["names"]
    rows = sheet.areas.assign(label=[names[area]["fr"] for area in sheet.areas["area"]])
    sides = [side for side in SIDES if rows[side].notna().any()]
    told = [*(_highest(rows, side) for side in sides), t("leader.areas.how" if sides else "leader.areas.none")]
    if "vault" in sheet.missing:
        told.append(t("leader.areas.closed"))
    return of(
        sheet,
        "leader_areas",
        reading=tuple(told),
        alt=t("leader.alt.areas", values=_areas_told(rows)) if sides else "",
        table=_area_table(rows) if sides else pd.DataFrame(),
        caption=t("view.table"),
        draw=partial(draw_areas, rows, sides) if sides else None,
    )


def _highest(rows: pd.DataFrame, side: str) -> str:
    """The areas with the highest answer, as answers: one answer each is too little to call one of them the first."""
    labels = rows["label"][rows[side] == rows[side].max()]
    if len(labels) > _FEW:
        return t(f"leader.areas.{side}_level")
    return t(f"leader.areas.{side}", labels=t("leader.comma").join(labels))


def _areas_told(rows: pd.DataFrame) -> str:
    told = [
        t("view.areas.item", label=row.label, felt=whole(row.felt), fact=whole(row.fact)) for row in rows.itertuples()
    ]
    return listed(told)


def _area_table(rows: pd.DataFrame) -> pd.DataFrame:
    columns = {"area": rows["label"]}
    for side in SIDES:
        edges = zip(rows[side], rows[f"{side}_low"], rows[f"{side}_high"], strict=True)
        columns[side] = [
            t("view.nothing") if pd.isna(value) else t("view.value_interval", value=value, low=low, high=high)
            for value, low, high in edges
        ]
    return named(columns)


# ---------------------------------------------------------------------------------- autonomy, absence, hours, pride


def leader_autonomy(sheet: LeaderSheet) -> View:
    """The four criteria of an autonomous team, as they were answered; the index alone while the vault is closed."""
    instrument, codes = load_instrument(), _codes(sheet)
    row = sheet.scores.set_index("scale").reindex(["E"]).iloc[0]
    told = t("leader.autonomy.none")
    if pd.notna(row["value"]):
        told = t("leader.autonomy.reading", shown=style.with_margin(row["value"], row["se_measurement"], sheet.level))
    items = [item for item in instrument.module("E").items if item.id in codes]
    rows = [(item.fr, _answer(instrument, item.id, codes[item.id])) for item in items]
    closed = [] if rows else [t("leader.autonomy.closed")]
    return _listing(sheet, "leader_autonomy", rows, ("criterion", "answer"), told, *closed)


def leader_two_weeks(sheet: LeaderSheet) -> View:
    """What would happen in two weeks' absence, beside the longest real absence and the calls of the last holiday."""
    instrument, codes = load_instrument(), _codes(sheet)
    items = [item for item in instrument.module("J").items if item.id in codes]
    rows = [(item.fr, _answer(instrument, item.id, codes[item.id])) for item in items]
    return _listing(sheet, "leader_two_weeks", rows, ("asked", "answer"))


def leader_hours(sheet: LeaderSheet) -> View:
    """The hours of a week: five missions of a leader against production and the rest."""
    instrument, codes, rule = load_instrument(), _codes(sheet), load_instrument().scoring["time_budget"]
    items = [*rule["missions"], rule["production"], rule["rest"]]
    told = [(item, instrument.items[item].fr.partition("\u00a0:")[0], codes.get(item, float("nan"))) for item in items]
    rows = pd.DataFrame(told, columns=["item", "label", "hours"])
    known = rows[rows["hours"].notna()]
    return of(
        sheet,
        "leader_hours",
        reading=tuple(_week(sheet, rows, codes.get(rule["total"], float("nan")))),
        alt=t("leader.alt.hours", values=_hours_listed(known)) if len(known) else "",
        table=_hour_table(known) if len(known) else pd.DataFrame(),
        caption=t("view.table"),
        draw=partial(_draw_hours, known, set(rule["missions"])) if len(known) else None,
    )


def _hour_table(rows: pd.DataFrame) -> pd.DataFrame:
    columns = {"mission": rows["label"], "hours": rows["hours"].map(_hours)}
    return pd.DataFrame({t(f"leader.column.{key}"): values for key, values in columns.items()})


def _week(sheet: LeaderSheet, rows: pd.DataFrame, total: float) -> list[str]:
    """Both shares with their margins; when the parts and the total disagree, both, and a question."""
    if rows["hours"].isna().any() or pd.isna(total):
        return [t("leader.hours.none")]
    scores = sheet.scores.set_index("scale")
    missions, production = scores.loc["F"], scores.loc["F_production"]
    if pd.isna(missions["value"]):
        told = {
            "parts": _hours(rows["hours"].sum()),
            "total": _hours(total),
            "low": missions["low"],
            "high": missions["high"],
        }
        return [t("leader.hours.apart", **told)]
    shares = {
        name: style.with_margin(row["value"], row["se_measurement"], sheet.level)
        for name, row in (("missions", missions), ("production", production))
    }
    return [t("leader.hours.reading", total=_hours(total), **shares)]


def _hours(value: float) -> str:
    return t("leader.hours.unit", value=number(value, 0 if float(value).is_integer() else 1))


def _hours_listed(rows: pd.DataFrame) -> str:
    told = [t("view.list_item", label=row.label, value=_hours(row.hours)) for row in rows.itertuples()]
    return listed(told)


def _draw_hours(rows: pd.DataFrame, missions: set[str]) -> Figure:
    colours = [style.ACCENT if item in missions else style.SECOND for item in rows["item"]]
    most, shown = 1.2 * max(1.0, rows["hours"].max()), [_hours(each) for each in rows["hours"]]
    return draw_bars(list(rows["label"]), list(rows["hours"]), shown, most, t("leader.axis.hours"), colours)


def leader_pride(sheet: LeaderSheet) -> View:
    """The two sources of pride: of doing, or of leading; and the two places on the way from one to the other."""
    instrument, codes = load_instrument(), _codes(sheet)
    today, later, pride = instrument.module("L").items
    code = codes.get(pride.id, float("nan"))
    chosen = [] if pd.isna(code) else [each for each in pride.format.choices if int(code) >> each.code & 1]
    rows = [(each.fr, t(f"leader.pride.{each.tags[0]}")) for each in chosen]
    places = [codes.get(item.id, float("nan")) for item in (today, later)]
    told = (
        []
        if pd.isna(places).any()
        else [t("leader.pride.path", today=number(places[0], 0), later=number(places[1], 0))]
    )
    return _listing(
        sheet, "leader_pride", rows, ("pride", "of"), t("leader.pride.reading" if rows else "leader.pride.empty"), *told
    )


# -------------------------------------------------------------------------------------------------- blind spots


def leader_checks(sheet: LeaderSheet) -> View:
    """Two tellings of one story, four times: do they agree beyond their margins? No side is the right one."""
    rule = load_instrument().scoring["cross_checks"]
    rows = sheet.checks.assign(label=[rule["checks"][each]["name"]["fr"] for each in sheet.checks["check"]])
    rows["told"] = [rule["answers"][each]["fr"] for each in rows["answer"]]
    apart = rows[rows["answer"] == "different"]
    untold = rows.loc[rows["left"].isna() | rows["right"].isna(), "label"]
    told = [_apart(row) for row in apart.itertuples()]
    if not told and len(untold) < len(rows):
        told.append(t("leader.checks.nothing"))
    if len(untold):
        told.append(t("leader.checks.untold", labels=listed(untold)))
    table = [(row.label, _both(row), _gap(row), row.told) for row in rows.itertuples()]
    columns = ("check", "both", "gap", "verdict")
    return _listing(sheet, "leader_checks", table, columns, *told, t("leader.checks.how"))


def _both(row) -> str:
    return t("leader.both", left=whole(row.left), right=whole(row.right))


def _gap(row) -> str:
    return (
        t("view.nothing")
        if pd.isna(row.difference)
        else t("view.margin", mean=number(row.difference, 0), margin=number(row.margin, 0))
    )


def _apart(row) -> str:
    """Which of the two tells more, in the words of that check."""
    side = "left" if row.difference > 0 else "right"
    return t(f"leader.apart.{row.check}.{side}", gap=number(abs(row.difference), 0), margin=number(row.margin, 0))


# -------------------------------------------------------------------------------------------------- the four steps


def leader_steps(sheet: LeaderSheet) -> View:
    """The path: evidence with its margin per step, the one that looks furthest from its mark, and what it asks for.

    What the leader wrote that they alone must do stands beside it, for the coach: no page carries it.
    """
    path = {step["code"]: step for step in load_instrument().scoring["steps"]["path"]}
    rows = sheet.steps.assign(
        label=[f"{place}. {path[code]['name']['fr']}" for place, code in enumerate(sheet.steps["step"], 1)]
    )
    known = with_shown(rows[rows["value"].notna()].rename(columns={"value": "mean"}), sheet.level)
    evidence = [t(f"view.evidence.{code}") for code in known["step"]]
    targets = [number(each, 0) for each in known["target"]]
    view = of(
        sheet,
        "leader_steps",
        reading=(*_weakest(sheet, path), t("view.four_steps.suggests")),
        alt=t("leader.alt.dots", values=listed_values(known["label"], known["shown"])) if len(known) else "",
        table=_dot_table(known, {t("leader.column.target"): targets, t("view.column.evidence"): evidence}),
        caption=t("view.table"),
        draw=partial(draw_dots, [("", as_dots(known))], t("view.axis.path")) if len(known) else None,
    )
    return replace(view, reserved=_own_words(sheet)) if sheet.own_words else view


def leader_path(sheet: LeaderSheet) -> View:
    """What each of the four steps asks for, in the guide's words."""
    path = load_instrument().scoring["steps"]["path"]
    rows = [(f"{place}. {step['name']['fr']}", step["work"]["fr"]) for place, step in enumerate(path, 1)]
    return _listing(sheet, "leader_path", rows, ("step", "work"), t("leader.path.reading"))


def _weakest(sheet: LeaderSheet, path: dict[str, dict]) -> list[str]:
    if sheet.steps["value"].isna().any():
        return [t("leader.steps.unknown")]
    if (sheet.steps["value"] >= sheet.steps["target"]).all():
        return [t("leader.steps.reached")]
    if sheet.weakest_step is None:
        likely = sheet.steps.sort_values("p_weakest", ascending=False).head(2)
        labels = (t("leader.quoted", name=path[code]["name"]["fr"]) for code in likely["step"])
        return [t("leader.steps.undecided", labels=t("view.or").join(labels))]
    step = path[sheet.weakest_step]
    chance = sheet.steps.set_index("step").loc[sheet.weakest_step, "p_weakest"]
    return [
        t("leader.steps.weakest", label=step["name"]["fr"], percent=_percent(chance)),
        t("leader.steps.asks", asks=step["asks"]["fr"], work=step["work"]["fr"]),
    ]


def _own_words(sheet: LeaderSheet) -> View:
    told = (t("leader.own_words", text=sheet.own_words),)
    caption = t("leader.caption.own_words")
    view = of(sheet, "leader_own_words", reading=told, alt="", table=pd.DataFrame(), caption=caption)
    return replace(view, audience=COACH)


def leader_tasks(sheet: LeaderSheet) -> View:
    """The tasks that are still « Moi », by the guide's order: where the delegation plan begins."""
    facets, scores = load_instrument().module("G").facets, sheet.scores.set_index("scale")
    known = [(facet.name, scores.loc[facet.code]) for facet in facets if facet.code in scores.index]
    rows = [
        (f"{place}. {name}", number(row["low"], 0), number(row["n_items"], 0))
        for place, (name, row) in enumerate(known, 1)
    ]
    mine = next((name for name, row in known if row["low"] > 0), None)
    told = t("leader.tasks.first", label=mine) if mine else t("leader.tasks.none")
    return _listing(sheet, "leader_tasks", rows, ("priority", "mine", "of_all"), told, t("leader.tasks.plan"))
