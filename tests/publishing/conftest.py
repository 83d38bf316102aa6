"""Publishing asks nothing of a network either."""

from tests.attacks.conftest import no_network

__all__ = ["no_network"]
