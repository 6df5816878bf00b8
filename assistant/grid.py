"""Between latitude and longitude (WGS84) and metres on the British National Grid, to about five metres.

The Ordnance Survey's own method: a seven-parameter shift between the two shapes of the earth, then a transverse
Mercator projection ("A guide to coordinate systems in Great Britain", annexes B and C).
"""

from math import atan2, cos, degrees, hypot, radians, sin, sqrt, tan

from assistant.offer import GridReference

_AIRY = (6377563.396, 6356256.909)  # semi-axes in metres
_WGS84 = (6378137.0, 6356752.314245)
_TO_AIRY = (-446.448, 125.157, -542.060, 20.4894, -0.1502, -0.2470, -0.8421)  # metres, parts per million, arc seconds
_TO_WGS84 = (446.448, -125.157, 542.060, -20.4894, 0.1502, 0.2470, 0.8421)
_SCALE = 0.9996012717  # on the central meridian
_TRUE_LATITUDE, _TRUE_LONGITUDE = radians(49), radians(-2)
_FALSE_EASTING, _FALSE_NORTHING = 400_000, -100_000


def in_england(grid: GridReference) -> bool:
    """Whether it lies in the rectangle around England; a little of Wales, Scotland and the sea is in it too."""
    return 80_000 <= grid.easting <= 660_000 and 5_000 <= grid.northing <= 660_000


def grid_of(latitude: float, longitude: float) -> GridReference:
    """The grid reference of a place given in degrees. Raises `ValueError` for what is not near Great Britain."""
    if not (49 <= latitude <= 61.5 and -9.5 <= longitude <= 2.5):
        raise ValueError("it is not in Great Britain")
    phi, lam = _shift(radians(latitude), radians(longitude), _WGS84, _AIRY, _TO_AIRY)
    easting, northing = _project(phi, lam)
    return GridReference(easting=round(easting), northing=round(northing))


def degrees_of(grid: GridReference) -> tuple[float, float]:
    """Latitude and longitude in degrees; `grid_of` gives the same grid reference back."""
    phi, lam = _unproject(grid.easting, grid.northing)
    latitude, longitude = _shift(phi, lam, _AIRY, _WGS84, _TO_WGS84)
    for _ in range(4):  # the shift is not quite its own inverse: bring the way back to the same metre
        east, north = _project(*_shift(latitude, longitude, _WGS84, _AIRY, _TO_AIRY))
        north_by, east_by = grid.northing - north, grid.easting - east
        latitude += north_by / _WGS84[0]
        longitude += east_by / (_WGS84[0] * cos(latitude))
    return round(degrees(latitude), 7), round(degrees(longitude), 7)


def _shift(
    phi: float,
    lam: float,
    from_axes: tuple[float, float],
    to_axes: tuple[float, float],
    by: tuple[float, float, float, float, float, float, float],
) -> tuple[float, float]:
    a, b = from_axes
    e2 = 1 - (b / a) ** 2
    nu = a / sqrt(1 - e2 * sin(phi) ** 2)
    x, y, z = nu * cos(phi) * cos(lam), nu * cos(phi) * sin(lam), nu * (1 - e2) * sin(phi)
    dx, dy, dz, ppm, *seconds = by
    scale = 1 + ppm / 1e6
    rx, ry, rz = (radians(second / 3600) for second in seconds)
    x, y, z = dx + x * scale - y * rz + z * ry, dy + x * rz + y * scale - z * rx, dz - x * ry + y * rx + z * scale
    a, b = to_axes
    e2 = 1 - (b / a) ** 2
    p = hypot(x, y)
    phi = atan2(z, p * (1 - e2))
    for _ in range(6):
        nu = a / sqrt(1 - e2 * sin(phi) ** 2)
        phi = atan2(z + e2 * nu * sin(phi), p)
    return phi, atan2(y, x)


def _meridian_arc(phi: float) -> float:
    a, b = _AIRY
    n = (a - b) / (a + b)
    minus, plus = phi - _TRUE_LATITUDE, phi + _TRUE_LATITUDE
    terms = (
        (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * minus,
        -(3 * n + 3 * n**2 + 21 / 8 * n**3) * sin(minus) * cos(plus),
        (15 / 8 * n**2 + 15 / 8 * n**3) * sin(2 * minus) * cos(2 * plus),
        -35 / 24 * n**3 * sin(3 * minus) * cos(3 * plus),
    )
    return b * _SCALE * sum(terms)


def _curvature(phi: float) -> tuple[float, float, float]:
    """nu, rho and eta squared of the Ordnance Survey's guide."""
    a, b = _AIRY
    e2 = 1 - (b / a) ** 2
    nu = a * _SCALE / sqrt(1 - e2 * sin(phi) ** 2)
    rho = a * _SCALE * (1 - e2) / (1 - e2 * sin(phi) ** 2) ** 1.5
    return nu, rho, nu / rho - 1


def _project(phi: float, lam: float) -> tuple[float, float]:
    nu, _, eta2 = _curvature(phi)
    rho = nu / (1 + eta2)
    s, c, t2 = sin(phi), cos(phi), tan(phi) ** 2
    one = _meridian_arc(phi) + _FALSE_NORTHING
    two = nu / 2 * s * c
    three = nu / 24 * s * c**3 * (5 - t2 + 9 * eta2)
    three_a = nu / 720 * s * c**5 * (61 - 58 * t2 + t2**2)
    four, five = nu * c, nu / 6 * c**3 * (nu / rho - t2)
    six = nu / 120 * c**5 * (5 - 18 * t2 + t2**2 + 14 * eta2 - 58 * t2 * eta2)
    d = lam - _TRUE_LONGITUDE
    return _FALSE_EASTING + four * d + five * d**3 + six * d**5, one + two * d**2 + three * d**4 + three_a * d**6


def _unproject(easting: float, northing: float) -> tuple[float, float]:
    phi = _TRUE_LATITUDE
    for _ in range(50):
        short = northing - _FALSE_NORTHING - _meridian_arc(phi)
        phi += short / (_AIRY[0] * _SCALE)
        if abs(short) < 1e-5:
            break
    nu, rho, eta2 = _curvature(phi)
    t2, sec = tan(phi) ** 2, 1 / cos(phi)
    seven = tan(phi) / (2 * rho * nu)
    eight = tan(phi) / (24 * rho * nu**3) * (5 + 3 * t2 + eta2 - 9 * t2 * eta2)
    nine = tan(phi) / (720 * rho * nu**5) * (61 + 90 * t2 + 45 * t2**2)
    ten, eleven = sec / nu, sec / (6 * nu**3) * (nu / rho + 2 * t2)
    twelve = sec / (120 * nu**5) * (5 + 28 * t2 + 24 * t2**2)
    d = easting - _FALSE_EASTING
    return phi - seven * d**2 + eight * d**4 - nine * d**6, _TRUE_LONGITUDE + ten * d - eleven * d**3 + twelve * d**5
