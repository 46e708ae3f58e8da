"""Log in: how an account's credentials come to this machine. Each platform's flow is in its own file in `platforms/`.

Read in this order: `request` (what goes in and comes out), `login_http` (one call), `callback` (the way back
from a browser), `redirect_flow` (what the flows with a browser share).
"""
