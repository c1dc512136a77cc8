"""Run one notebook, make its offline page, keep its metrics, show them all on one index."""

import sys

# What libraries import if it is there, and nothing here uses. Python takes a module that is None for one that is not
# installed, and they go on without it. It has to stand before their first import, so it stands here.
# - rfc3987_syntax: jsonschema's check of international web addresses, which no notebook's schema asks for. It compiles
#   a grammar when imported, half of all that a notebook's run takes to start.
# - papermill.s3: papermill's way to a bucket, and with it boto3. Notebooks are files.
UNUSED = ("rfc3987_syntax", "papermill.s3")

for _name in UNUSED:
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]
