"""Known names and numbers as keyed tokens: recognised in any text without opening the vault, and not readable from it.

The vault writes ``data/private/jetons.json`` at each change; publishing reads it. The key lies in the same file, since
the gate must work without a passphrase: whoever has this disk can ask of any name that they can think of whether it is
known. Only the vault hides; this file merely lists nothing. Numbers keep 24 bits of their token, so that trying every
telephone of France leaves some sixty candidates for each one that is known.
"""

from angle_mort.tokens.folding import fold, plain, token
from angle_mort.tokens.known import DEFAULT_PATH, KINDS, Hit, KnownTokens

__all__ = ["DEFAULT_PATH", "KINDS", "Hit", "KnownTokens", "fold", "plain", "token"]
