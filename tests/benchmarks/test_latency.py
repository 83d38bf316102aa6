"""The tables of the latency bench, from invented clicks; nothing is timed here."""

import pandas as pd

from benchmarks import latency


def invented():
    times = {"bare": [40.0, 60.0, 50.0], "explorer": [70.0, 80.0, 75.0], "naive": [300.0, 250.0, 275.0]}
    costs = {"kernel": 3.0, "server": 2.0, "browser": 20.0, "n": 24}
    return pd.DataFrame([{"way": way, "what": way, "ms": ms} | costs for way, all_ms in times.items() for ms in all_ms])


def test_each_way_has_its_row_and_is_told_as_times_the_bare_round_trip():
    table = latency.latency_table(invented())
    assert table["way"].tolist() == list(latency.WAYS)
    assert table["× bare"].tolist() == ["1.00", "1.50", "5.50"]
    assert table["median, ms"].tolist() == ["50", "75", "275"]


def test_a_wrong_last_choice_is_shouted():
    held = pd.DataFrame({"held": ["DOM nodes"], "after 50 clicks": ["9"], "n": [24]})
    hurry = {"n": 24, "states": 3, "paints": 3, "shown": "A", "chosen": "A", "wanted": "A"}
    assert "the last one right" in latency.text(invented(), held, [hurry])
    assert "**wrong**" in latency.text(invented(), held, [hurry | {"shown": "B"}])
    assert latency.README.read_text(encoding="utf-8").count(latency.BEGIN) == 1
