"""The private room: one encrypted file for raw answers, names and texts, and the keys of every pseudonym.

``coffre.bin`` is a readable header (format, scrypt parameters, salt, nonce) followed by JSON sealed with AES-256-GCM,
which also authenticates the header. The key is made from the passphrase, stays in memory, and is never beside the file.
"""

from angle_mort.vault.backup import Backup, back_up, restore
from angle_mort.vault.passphrase import MINIMUM_PASSPHRASE, NEW_PASSPHRASE_VARIABLE, PASSPHRASE_VARIABLE, ask_passphrase
from angle_mort.vault.pseudonyms import pseudonym
from angle_mort.vault.vault import DEFAULT_PATH, Erasure, KeptWave, Row, Vault, open_vault

__all__ = [
    "DEFAULT_PATH",
    "MINIMUM_PASSPHRASE",
    "NEW_PASSPHRASE_VARIABLE",
    "PASSPHRASE_VARIABLE",
    "Backup",
    "Erasure",
    "KeptWave",
    "Row",
    "Vault",
    "ask_passphrase",
    "back_up",
    "open_vault",
    "pseudonym",
    "restore",
]
