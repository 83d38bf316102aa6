"""A vault that opens in no time, and no network for anybody."""

import socket

import pytest

from angle_mort.vault import Vault, sealing
from tests.vault.invented import PASSPHRASE


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refused(*arguments, **named):
        raise AssertionError("the vault asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket.socket, "connect_ex", refused)
    monkeypatch.setattr(socket.socket, "sendto", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


@pytest.fixture
def quick(monkeypatch):
    """A light key: the true work factor takes half a second each time, and has its own test."""
    monkeypatch.setattr(sealing, "WORK", (2**4, 8, 1))


@pytest.fixture
def place(tmp_path):
    return tmp_path / "private" / "coffre.bin"


@pytest.fixture
def vault(quick, place):
    return Vault.create(place, PASSPHRASE)
