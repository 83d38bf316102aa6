"""Who is the same person: within the vault only, by e-mail, else by name."""

from __future__ import annotations

import unicodedata

import pandas as pd

from angle_mort.tokens import fold


def same_people(identities: pd.DataFrame) -> pd.Series:
    """A number per person, on the index of ``identities`` (columns email and person; others are not looked at).

    Two rows are one person when they have the same e-mail, or the same words of a name where one of them lacks the
    e-mail and nobody else of that name has one. Somebody without both is like nobody else. Numbers are in order of
    appearance and mean nothing outside this table.

    >>> rows = [("a@x.example", "Anne B"), ("A@x.example", ""), ("", "B, Anne"), ("", ""), ("c@x.example", "Anne C")]
    >>> same_people(pd.DataFrame(rows, columns=["email", "person"])).tolist()
    [0, 0, 0, 1, 2]
    """
    emails, names = identities["email"].fillna("").map(email_key), identities["person"].fillna("").map(name_key)
    of_name = pd.DataFrame({"name": names, "email": emails}).query("email != '' and name != ''").drop_duplicates()
    alone = of_name[~of_name["name"].duplicated(keep=False)].set_index("name")["email"]
    known = emails.where(emails != "", names.map(alone).astype(object).fillna(""))
    rows = pd.Series([f"row {place}" for place in range(len(identities))], index=identities.index)
    key = ("email " + known).where(known != "", ("name " + names).where(names != "", rows))
    return pd.Series(pd.factorize(key)[0], index=identities.index)


def email_key(email: str) -> str:
    """The form under which two addresses are one."""
    return unicodedata.normalize("NFKC", email).casefold().strip()


def name_key(name: str) -> str:
    """The form under which two names are one: their words, in any order."""
    return " ".join(sorted(fold(name).split()))
