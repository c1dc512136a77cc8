"""Python literals, one a line, to Arrow record batches: exact as `ast.literal_eval`, about as fast as unpacking."""

from crowdwise.steam.literals.batches import parse
from crowdwise.steam.literals.form import Form, Kind

__all__ = ["Form", "Kind", "parse"]
