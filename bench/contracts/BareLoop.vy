# pragma version 0.4.3
# pragma optimize gas
# pragma evm-version cancun
"""
@title The least that pays many
@notice What the vault's gas is measured against: a loop of transfers that checks nothing.
"""

from ethereum.ercs import IERC20

token: immutable(IERC20)


@deploy
def __init__(token_: address):
    token = IERC20(token_)


@external
def pay(payees: DynArray[address, 500], amounts: DynArray[uint256, 500]):
    asset: IERC20 = token
    index: uint256 = 0
    for payee: address in payees:
        extcall asset.transfer(payee, amounts[index])
        index = unsafe_add(index, 1)
