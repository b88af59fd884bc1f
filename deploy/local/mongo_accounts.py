"""The accounts for a MongoDB that is not ours to administer, as a script for whoever does."""

import json
from collections.abc import Sequence

from deploy.embedded.replica import MongoUser, credentials_of, role_of

_SCRIPT = """\
// mongosh <address of an administrator> --file {name}     holds passwords; may be run again
const admin = db.getSiblingDB("admin");
const accounts = {accounts};
for (const {{ role, rights, user, credentials }} of accounts) {{
  admin.runCommand({{ [admin.getRole(role) ? "updateRole" : "createRole"]: role, ...rights }});
  admin.runCommand({{ [admin.getUser(user) ? "updateUser" : "createUser"]: user, ...credentials }});
}}
"""


def accounts_script(users: Sequence[MongoUser], name: str) -> str:
    """Return the script that makes each account with its role, or puts it right."""
    accounts = [
        {
            "role": user.own_role,
            "rights": role_of(user),
            "user": user.name,
            "credentials": credentials_of(user),
        }
        for user in users
    ]
    return _SCRIPT.format(name=name, accounts=json.dumps(accounts, indent=2))
