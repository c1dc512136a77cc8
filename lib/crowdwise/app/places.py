"""Countries and currencies by the names people know them by."""

from __future__ import annotations

COUNTRIES = {
    "US": "United States",
    "GB": "United Kingdom",
    "CA": "Canada",
    "AU": "Australia",
    "AT": "Austria",
    "BE": "Belgium",
    "CH": "Switzerland",
    "DE": "Germany",
    "DK": "Denmark",
    "ES": "Spain",
    "FR": "France",
    "GR": "Greece",
    "HK": "Hong Kong",
    "IE": "Ireland",
    "IT": "Italy",
    "JP": "Japan",
    "LU": "Luxembourg",
    "MX": "Mexico",
    "NL": "Netherlands",
    "NO": "Norway",
    "NZ": "New Zealand",
    "PL": "Poland",
    "SE": "Sweden",
    "SG": "Singapore",
    "SI": "Slovenia",
}
EURO = ("AT", "BE", "DE", "ES", "FR", "GR", "IE", "IT", "LU", "NL", "SI")
_OWN = {
    **dict.fromkeys(EURO, "EUR"),
    **{"US": "USD", "GB": "GBP", "CA": "CAD", "AU": "AUD", "CH": "CHF", "DK": "DKK", "HK": "HKD", "JP": "JPY"},
    **{"MX": "MXN", "NO": "NOK", "NZ": "NZD", "PL": "PLN", "SE": "SEK", "SG": "SGD"},
}


def currency_of(country: str) -> str:
    """Give the currency Kickstarter uses in a country; US dollars where we do not know it."""
    return _OWN.get(country, "USD")
