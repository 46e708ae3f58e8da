"""Publish: approved posts go out once each; what became of each is in the ledger.

Read in this order: `protocol` (what a platform does), `ledger` (what is known), `decide` (what to do with a
post), `engine` (its steps), `sending` and `handoff` (the two ways through them), `runner` (a pass over all
posts), `approvals` (what may go out at all), `session` (what commands open).
"""

import logging

logging.getLogger(__name__).addHandler(logging.NullHandler())
"""Without a log (a dry run) warnings go nowhere, not to standard error."""
