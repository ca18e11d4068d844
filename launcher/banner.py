"""What a person reads when the product is up."""

from pathlib import Path

from launcher import folders

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


NO_VAULT = [
    "There is no vault on this chain yet, so nothing can be paid in or out. docs/networks.md has",
    "the steps; the next one is, in another shell:  ./stipend manage deploy_vault",
    "",
]


def text(
    url: str, *, host: str, home: Path, chain_url: str, seconds: float, has_vault: bool = True
) -> str:
    """Where to go and as whom; `host` is what the web server listens on."""
    lines = ["", f"Stipend is running (after {seconds:.1f} s):  {url}", ""]
    rows = folders.read_json(home / "accounts.json") or []
    if rows:
        lines.append(f"  {'sign in as':12}{'password':16}API token")
        lines += [f"  {row['username']:12}{row['password']:16}{row['token']}" for row in rows]
        lines.append("")
    if rows and host not in LOOPBACK:
        lines += ["Others can reach this port: change the demo accounts' passwords.", ""]
    lines += [] if has_vault else NO_VAULT
    lines += [f"  API      {url}/api/v1/docs/", f"  admin    {url}/admin/"]
    lines += [f"  chain    {chain_url} (JSON-RPC)", f"  data     {home}"]
    return "\n".join([*lines, "", "Ctrl-C stops everything.", ""])
