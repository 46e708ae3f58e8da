"""`kit` and its commands. Adding one: a function in a module of this folder, one line here."""

from __future__ import annotations

from typing import Any

import click

from kit import __version__
from kit.cli.accounts import accounts_group
from kit.cli.approve import approve_command
from kit.cli.build import build_command
from kit.cli.check import check_command
from kit.cli.clip import clip_group
from kit.cli.doctor import doctor_command
from kit.cli.init import init_command
from kit.cli.options import common_options, remember
from kit.cli.plan import plan_command
from kit.cli.publish import publish_group
from kit.cli.recall import recall_command
from kit.cli.schedule import schedule_command
from kit.cli.schema import schema_command
from kit.cli.validate import validate_command
from kit.cli.worker import worker_command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kit")
@common_options
@click.pass_context
def main(context: click.Context, /, **values: Any) -> None:
    """Campaign kits that save lives: one campaign.yaml in, a whole checked kit out.

    Start with `kit init my-campaign`, then `cd my-campaign` and `kit build`.
    """
    remember(context, values)


for _command in (
    build_command,
    validate_command,
    plan_command,
    check_command,
    init_command,
    doctor_command,
    schema_command,
    approve_command,
    publish_group,
    schedule_command,
    recall_command,
    accounts_group,
    clip_group,
):
    main.add_command(_command)
publish_group.add_command(worker_command)
