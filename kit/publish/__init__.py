"""Once each, never twice, never silently: ledger, runner and publishers."""
