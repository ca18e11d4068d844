# pragma version 0.4.3
# pragma optimize gas
# pragma evm-version cancun
"""
@title Vault
@license MIT
@notice Holds one token for the purses of a house, and pays people out of it in batches.
@dev The last line of defence, so it stays small: a batch id works once, a payee that cannot be
     paid is skipped and reported, a day has a cap, and the owner has no way to the deposits.
     Balance roots are recorded with each batch; taking money out against them (exit) is not part
     of this version. The token is chosen once: it is trusted with its own balances, not with more.
"""

from ethereum.ercs import IERC20

# @notice Money arrived for a purse of the house.
event Deposited:
    purse: indexed(bytes32)
    sender: indexed(address)
    amount: uint256

# @notice A batch was paid: what in total, to how many, and what is owed and was bought by it.
event BatchPaid:
    batch_id: indexed(bytes32)
    total: uint256
    paid: uint256
    balances_root: bytes32
    labels_root: bytes32

# @notice The payee at this index got nothing; the others did.
event PayeeSkipped:
    batch_id: indexed(bytes32)
    index: uint256
    payee: address
    amount: uint256

event PayerChanged:
    payer: indexed(address)

event DailyCapChanged:
    daily_cap: uint256

event OwnershipOffered:
    owner: indexed(address)
    candidate: indexed(address)

event OwnershipTaken:
    owner: indexed(address)

MAX_PAYEES: constant(uint256) = 500
DAY: constant(uint256) = 86_400
AMOUNT_BITS: constant(uint256) = 96
AMOUNT_MASK: constant(uint256) = 2**96 - 1
# A transfer may burn so much and no more: a payee with a costly hook keeps nobody waiting.
TRANSFER_GAS: constant(uint256) = 150_000
# With less left, a transfer could fail for want of gas alone, and the payee would look like a bad
# one. 64/63 of the transfer's, and what it takes to report.
GAS_FLOOR: constant(uint256) = 160_000

# @notice The token held here.
token: public(immutable(IERC20))
# @notice Changes the payer and the cap; cannot move deposits.
owner: public(address)
# @notice Who may become the owner by accepting.
candidate: public(address)
# @notice The key that pays batches.
payer: public(address)
# @notice The most that can be paid in one day (UTC), in the token's base units.
daily_cap: public(uint256)
# @notice What was paid on a day, by number of days since 1970.
paid_on: public(HashMap[uint256, uint256])
# @notice Whether a batch has been paid.
is_paid: public(HashMap[bytes32, bool])
# @notice Merkle root of what everybody is owed after the last batch.
balances_root: public(bytes32)


@deploy
def __init__(token_: address, payer_: address, daily_cap_: uint256):
    """
    @param token_ The token held here
    @param payer_ The key that pays batches
    @param daily_cap_ The most that can be paid in one day, in base units
    """
    assert token_.is_contract, "vault: no token"
    token = IERC20(token_)
    self.owner = msg.sender
    self.payer = payer_
    self.daily_cap = daily_cap_
    log OwnershipTaken(owner=msg.sender)
    log PayerChanged(payer=payer_)
    log DailyCapChanged(daily_cap=daily_cap_)


@external
@nonreentrant
def deposit(purse: bytes32, amount: uint256):
    """
    @notice Puts `amount` of the token, approved before, into a purse of the house.
    @dev What counts is what arrived: a token that keeps a part of a transfer is credited for the
         rest.
    @param purse The purse's name
    @param amount Base units
    """
    before: uint256 = staticcall token.balanceOf(self)
    assert extcall token.transferFrom(msg.sender, self, amount, default_return_value=True), "vault: no transfer"
    arrived: uint256 = staticcall token.balanceOf(self) - before
    assert arrived != 0, "vault: nothing arrived"
    log Deposited(purse=purse, sender=msg.sender, amount=arrived)


@external
@nonreentrant
def pay(batch_id: bytes32, payments: DynArray[uint256, MAX_PAYEES], balances_root: bytes32, labels_root: bytes32):
    """
    @notice Pays each payee of a batch, once; who cannot be paid is skipped and reported.
    @dev A transfer counts if the token did not revert and returned true or nothing. The sums cannot
         overflow: 500 amounts of 96 bits.
    @param batch_id Works once
    @param payments The payee in the upper 160 bits, base units in the lower 96
    @param balances_root Merkle root of what everybody is owed after this batch
    @param labels_root Merkle root of the labels this batch pays for
    """
    assert msg.sender == self.payer, "vault: not the payer"
    assert not self.is_paid[batch_id], "vault: paid before"
    self.is_paid[batch_id] = True
    total: uint256 = 0
    skipped: uint256 = 0
    index: uint256 = 0
    for payment: uint256 in payments:
        assert msg.gas > GAS_FLOOR, "vault: not enough gas"
        payee: address = convert(payment >> AMOUNT_BITS, address)
        amount: uint256 = payment & AMOUNT_MASK
        success: bool = False
        answer: Bytes[32] = b""
        if payee != empty(address) and payee != self and amount != 0:
            success, answer = raw_call(
                token.address,
                abi_encode(payee, amount, method_id=method_id("transfer(address,uint256)")),
                max_outsize=32,
                gas=TRANSFER_GAS,
                revert_on_failure=False,
            )
        if success and (len(answer) == 0 or convert(answer, uint256) == 1):
            total = unsafe_add(total, amount)
        else:
            skipped += 1
            log PayeeSkipped(batch_id=batch_id, index=index, payee=payee, amount=amount)
        index = unsafe_add(index, 1)
    today: uint256 = block.timestamp // DAY
    paid_today: uint256 = self.paid_on[today] + total
    assert paid_today <= self.daily_cap, "vault: over the daily cap"
    self.paid_on[today] = paid_today
    self.balances_root = balances_root
    log BatchPaid(
        batch_id=batch_id,
        total=total,
        paid=index - skipped,
        balances_root=balances_root,
        labels_root=labels_root,
    )


@external
def set_payer(payer: address):
    """
    @notice Another key pays from now on; the zero address stops all payments.
    """
    assert msg.sender == self.owner, "vault: not the owner"
    self.payer = payer
    log PayerChanged(payer=payer)


@external
def set_daily_cap(daily_cap: uint256):
    """
    @notice Another cap holds from now on, also for what was paid today.
    """
    assert msg.sender == self.owner, "vault: not the owner"
    self.daily_cap = daily_cap
    log DailyCapChanged(daily_cap=daily_cap)


@external
def offer_ownership(candidate: address):
    """
    @notice The candidate may become the owner by accepting; the zero address takes it back.
    """
    assert msg.sender == self.owner, "vault: not the owner"
    self.candidate = candidate
    log OwnershipOffered(owner=msg.sender, candidate=candidate)


@external
def accept_ownership():
    """
    @notice The candidate is the owner.
    """
    assert msg.sender == self.candidate, "vault: not the candidate"
    self.candidate = empty(address)
    self.owner = msg.sender
    log OwnershipTaken(owner=msg.sender)
