"""Who sends a request: the address at the other end, or the one that a trusted proxy says it speaks for."""

import re
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
ProxyHeader = Literal["x-forwarded-for", "forwarded"]

_PAIR = re.compile(r'\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^\s",;]*))\s*')
_NOBODY = "unknown"
_HOPS_READ = 32


class TrustedProxies:
    """Puts the real client and scheme in place of a trusted proxy's; headers of anybody else are not believed.

    `header` is the one that the proxies write: another one may have come from the client, so it is never read.
    """

    def __init__(self, app: ASGIApp, *, networks: Sequence[Network], header: ProxyHeader) -> None:
        self._app = app
        self._networks = tuple(networks)
        self._header = header

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._networks and self._is_trusted(_address(_peer(scope))):
            scope = {**scope, **self._told(scope)}
        await self._app(scope, receive, send)

    def _told(self, scope: Scope) -> dict[str, object]:
        told: dict[str, object] = {}
        headers = Headers(scope=scope)
        hops = _hops(headers, self._header)
        # From the nearest proxy outwards: the first address that is not a proxy of ours is the client.
        for said in hops:
            address = _address(said)
            if address is None:
                break
            told["client"] = (str(address), 0)
            if not self._is_trusted(address):
                break
        scheme = _scheme(headers, self._header)
        if scheme in {"http", "https"}:
            told["scheme"] = scheme
        return told

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


def networks(text: str | None) -> tuple[Network, ...]:
    """The networks of a list such as "10.0.0.0/8, ::1". Raises `ValueError`."""
    return tuple(ip_network(part.strip()) for part in (text or "").split(",") if part.strip())


def client_group(scope: Scope) -> str:
    """Whom limits are counted for: an IPv4 address, or the /64 that one household has of IPv6."""
    return _grouped(scope, v4=32, v6=64)


def client_roughly(scope: Scope) -> str:
    """Where a request came from, as far as a log may know it: never a whole address."""
    return _grouped(scope, v4=24, v6=48)


def _grouped(scope: Scope, *, v4: int, v6: int) -> str:
    address = _address(_peer(scope))
    if address is None:
        return _NOBODY
    return str(ip_network((address, v4 if address.version == 4 else v6), strict=False))


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _address(text: str) -> Address | None:
    """The address in `text`, with or without a port; an IPv4 address written as IPv6 is IPv4."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _hops(headers: Headers, name: ProxyHeader) -> Sequence[str]:
    """The addresses a request came through, nearest first."""
    values = ",".join(headers.getlist(name))
    read: Callable[[str], Iterator[str]] = _forwarded_for if name == "forwarded" else _listed
    return list(read(values))[: -_HOPS_READ - 1 : -1]


def _listed(values: str) -> Iterator[str]:
    return iter(values.split(",") if values.strip() else [])


def _forwarded_for(values: str) -> Iterator[str]:
    for element in _elements(values):
        yield element.get("for", "")


def _elements(values: str) -> Iterator[dict[str, str]]:
    for element in values.split(","):
        if element.strip():
            pairs = (_PAIR.fullmatch(part) for part in element.split(";"))
            yield {pair[1].lower(): pair[2] or pair[3] or "" for pair in pairs if pair}


def _scheme(headers: Headers, name: ProxyHeader) -> str:
    if name == "forwarded":
        said = [element.get("proto", "") for element in _elements(",".join(headers.getlist(name)))]
        return said[-1].lower() if said else ""
    return headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
