"""Nothing here may ask anything of a network; the kernel's own loopback is no network."""

import ipaddress
import socket

import pytest


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    connect = socket.socket.connect

    def refused(own, address):
        inside = own.family == getattr(socket, "AF_UNIX", None) or ipaddress.ip_address(address[0]).is_loopback
        if not inside:
            raise AssertionError(f"something asked for {address[0]}")
        return connect(own, address)

    def unknown(host, *rest, **options):
        raise AssertionError(f"something asked for the address of {host}")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
