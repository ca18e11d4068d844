"""What a person reads when the product is up."""

from typing import TYPE_CHECKING

from launcher import folders

if TYPE_CHECKING:
    from launcher.supervisor import Supervisor

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def text(running: "Supervisor", *, seconds: float) -> str:
    """Where to go and as whom."""
    lines = ["", f"Stipend is running (after {seconds:.1f} s):  {running.url}", ""]
    rows = folders.read_json(running.home / "accounts.json") or []
    if rows:
        lines.append(f"  {'sign in as':12}{'password':16}API token")
        lines += [f"  {row['username']:12}{row['password']:16}{row['token']}" for row in rows]
        lines.append("")
    if rows and running.host not in LOOPBACK:
        lines += ["Others can reach this port: change the demo accounts' passwords.", ""]
    lines += [f"  API      {running.url}/api/v1/docs/", f"  admin    {running.url}/admin/"]
    lines += [f"  chain    {running.urls['CHAIN_RPC_URL']}", f"  data     {running.home}"]
    return "\n".join([*lines, "", "Ctrl-C stops everything.", ""])
