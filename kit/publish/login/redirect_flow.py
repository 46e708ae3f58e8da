"""Parts of the logins that come back from the browser with a code.

The app's secret is asked for each time and not kept: it is needed once in sixty days.
"""

from __future__ import annotations

from kit.errors import InputError
from kit.publish.login.callback import Code, authorize
from kit.publish.login.request import LoginRequest


def allowed_by_browser(request: LoginRequest, platform: str, page: str, scope: str) -> tuple[str, str, Code]:
    """The app's id and secret, and the code that the person has brought back."""
    request.prompter.say(
        f"The app of {platform} has to list this redirect address, to the letter: {request.callback.address}"
    )
    app = request.prompter.ask(f"The id of the {platform} app").strip()
    secret = request.http.hide(request.prompter.ask_hidden("Its secret").strip())
    if not app or not secret:
        raise InputError("an app's id and secret are needed", f"make an app in {platform}'s developer portal")
    code = authorize(request.prompter, request.callback, page, {"client_id": app, "scope": scope})
    request.http.hide(code.code)
    return app, secret, code


def code_form(app: str, secret: str, code: Code) -> dict[str, str]:
    """What a code is exchanged with."""
    return {
        "grant_type": "authorization_code", "code": code.code, "redirect_uri": code.redirect_uri,
        "client_id": app, "client_secret": secret,
    }  # fmt: skip
