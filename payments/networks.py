"""The networks that the product knows: what is true of each, whoever runs it there.

Chosen by STIPEND_NETWORK; environment variables of the same meaning come first.
"""

from dataclasses import dataclass

LOCAL = "local"
FINALIZED = "finalized"  # money is what the network itself calls final
DEPTH = "depth"  # money is what has so many blocks on top


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One network. Without a token address a test token is deployed with the vault."""

    name: str
    title: str
    chain_id: int
    endpoints: tuple[str, ...] = ()
    explorer: str = ""
    finality: str = DEPTH
    confirmations: int = 2
    token_address: str = ""
    token: str = "tUSD"
    token_name: str = "Test Dollar"  # with the version, what a permit is signed for (EIP-712)
    token_version: str = "1"
    gas_coin: str = "ETH"
    wallet_hold_seconds: int = 48 * 3600

    @property
    def is_local(self) -> bool:
        """True for the chain that comes with the product."""
        return self.name == LOCAL

    @property
    def tx_url(self) -> str:
        """With {hash}; empty without an explorer."""
        return f"{self.explorer}/tx/{{hash}}" if self.explorer else ""

    @property
    def block_url(self) -> str:
        """With {hash}; empty without an explorer."""
        return f"{self.explorer}/block/{{hash}}" if self.explorer else ""

    @property
    def address_url(self) -> str:
        """With {address}; empty without an explorer."""
        return f"{self.explorer}/address/{{address}}" if self.explorer else ""


PRESETS = {
    one.name: one
    for one in (
        Preset(name=LOCAL, title="Local chain", chain_id=31337, wallet_hold_seconds=60),
        Preset(
            name="sepolia",
            title="Ethereum Sepolia",
            chain_id=11_155_111,
            endpoints=(
                "https://ethereum-sepolia-rpc.publicnode.com",
                "https://sepolia.drpc.org",
                "https://sepolia.gateway.tenderly.co",
            ),
            explorer="https://sepolia.etherscan.io",
            finality=FINALIZED,
            token_address="0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238",
            token="USDC",
            token_name="USDC",
            token_version="2",
        ),
        Preset(
            name="base-sepolia",
            title="Base Sepolia",
            chain_id=84_532,
            endpoints=(
                "https://sepolia.base.org",
                "https://base-sepolia-rpc.publicnode.com",
                "https://base-sepolia.gateway.tenderly.co",
            ),
            explorer="https://sepolia.basescan.org",
            finality=FINALIZED,
            token_address="0x036CbD53842c5426634e7929541eC2318f3dCF7e",
            token="USDC",
            token_name="USDC",
            token_version="2",
        ),
        Preset(
            name="aurora-testnet",
            title="Aurora Testnet (the EVM on NEAR)",
            chain_id=1_313_161_555,
            endpoints=("https://testnet.aurora.dev", "https://aurora-testnet.drpc.org"),
            explorer="https://explorer.testnet.aurora.dev",
            confirmations=5,
        ),
    )
}


def named(name: str) -> Preset:
    """The preset of this name; raises ValueError with those there are."""
    if name not in PRESETS:
        raise ValueError(f"STIPEND_NETWORK is one of {', '.join(PRESETS)}, and not {name!r}.")
    return PRESETS[name]


def of_chain(chain_id: int) -> Preset | None:
    """The preset of this chain; None for one that we do not know."""
    return next((one for one in PRESETS.values() if one.chain_id == chain_id), None)
