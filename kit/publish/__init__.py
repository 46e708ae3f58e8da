"""Publish: approved posts go out once each; what became of each is in the ledger.

Read in this order: `protocol` (what a platform does), `ledger` (what is known), `engine` (one step of
one post), `runner` (a pass over all of them), `approvals` (what may go out at all).
"""

import logging

logging.getLogger(__name__).addHandler(logging.NullHandler())
"""Without a log (a dry run) warnings go nowhere, not to standard error."""
