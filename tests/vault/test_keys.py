"""Another passphrase, other keys: what still opens, what does not, and whose pseudonyms stay."""

import pytest

from angle_mort.vault import Vault, open_vault
from tests.vault.invented import PASSPHRASE, fails, intake

OTHER = "quatre moutons dans un pré"


@pytest.fixture
def kept(vault):
    vault.store("artisans", "T0", intake())
    return vault


def names(vault):
    return [vault.pseudonym(audience, "anne@example.org") for audience in ("working cohort a T0", "ledger sponsor")]


def test_another_passphrase_opens_the_same_content_and_the_first_does_not(kept, place):
    before = names(kept)
    old = place.read_bytes()
    kept.change_passphrase(OTHER)
    fails("AM302", open_vault, place, PASSPHRASE)
    again = open_vault(place, OTHER)
    assert again.texts("artisans")["text"].tolist() == ["Signer les devis"]
    assert names(again) == before
    kept.store("artisans", "T1", intake(sha256="cd" * 32))
    place.write_bytes(old)
    assert len(open_vault(place, PASSPHRASE).cohorts()) == 1


def test_the_key_of_an_old_copy_opens_nothing_that_is_written_later(kept, place):
    watching = open_vault(place, PASSPHRASE)
    kept.renew_key(PASSPHRASE)
    fails("AM317", watching.cohorts)
    fails("AM317", watching.store, "artisans", "T1", intake(sha256="cd" * 32))
    assert len(open_vault(place, PASSPHRASE).cohorts()) == 1
    assert watching._lock.seal != kept._lock.seal


def test_new_keys_give_new_row_ids_and_leave_those_of_a_ledger(kept, place):
    row, ledger = names(kept)
    for _ in range(2):
        kept.renew_key(PASSPHRASE)
        new_row, same = names(open_vault(place, PASSPHRASE))
        assert (new_row != row, same) == (True, ledger)
        row = new_row


def test_keys_are_not_renewed_under_another_passphrase(kept, place):
    before = place.read_bytes()
    fails("AM302", kept.renew_key, OTHER)
    fails("AM306", kept.change_passphrase, "court")
    assert place.read_bytes() == before
    assert len(kept.cohorts()) == 1


def test_sub_keys_are_those_of_hmac_by_hand(vault):
    """One sub-key per audience: HMAC-SHA256 of the master key over the purpose."""
    import base64
    import hashlib
    import hmac

    master = base64.b64decode(vault._load()["master"])
    key = hmac.digest(master, b"angle-mort pseudonym 1 sponsor", "sha256")
    digest = hmac.new(key, b"anne@example.org", hashlib.sha256).digest()
    assert vault.pseudonym("sponsor", "Anne@example.org") == base64.b32encode(digest[:10]).decode().lower()


def test_two_audiences_have_nothing_in_common(vault):
    people = [f"p{each}@exemple.example" for each in range(200)]
    cohort = [{vault.naming(f"working cohort a T{wave}")(each) for each in people} for wave in (0, 1)]
    assert len(cohort[0]) == len(cohort[1]) == 200
    assert not cohort[0] & cohort[1]


def test_a_vault_of_another_folder_shares_no_key(vault, quick, tmp_path):
    other = Vault.create(tmp_path / "autre.bin", PASSPHRASE)
    assert not set(names(other)) & set(names(vault))
