# pragma version 0.4.3
# pragma optimize gas
# pragma evm-version cancun
"""
@title Vault
@license MIT
@notice Holds one token for the purses of a house, and pays people out of it in batches.
@dev The last line of defence, so it stays small: a batch id works once, a payee that cannot be
     paid is skipped and reported, and a day has a cap. The owner moves nothing, but says who pays and
     how much a day: own it by a key that is put away, or by several.
     Every batch records what everybody is still owed. If the house falls silent, anybody can take
     their balance out with a proof of it, and then no key that paid before pays again.
     The token is chosen once: it is trusted with its own balances, not with more.
"""

from ethereum.ercs import IERC20

# @notice Money arrived for a purse of the house.
event Deposited:
    purse: indexed(bytes32)
    sender: indexed(address)
    amount: uint256

# @notice A batch was paid: what in total, to how many, and what is owed and was bought by it.
event BatchPaid:
    batch_id: indexed(uint256)
    total: uint256
    paid: uint256
    balances_root: bytes32
    labels_root: bytes32

# @notice The payee at this index got nothing; the others did.
event PayeeSkipped:
    batch_id: indexed(uint256)
    index: uint256
    payee: address
    amount: uint256

# @notice Somebody took what they were owed by the last batch's root; the payer is dismissed.
event Exited:
    account: indexed(address)
    amount: uint256
    balances_root: bytes32

# @notice Another key pays from now on; nobody, if it is the zero address.
event PayerChanged:
    payer: indexed(address)

# @notice So much can be paid in a day from now on.
event DailyCapChanged:
    daily_cap: uint256

# @notice The candidate may become the owner; nobody, if it is the zero address.
event OwnershipOffered:
    owner: indexed(address)
    candidate: indexed(address)

# @notice There is an owner, the first or a new one.
event OwnershipTaken:
    owner: indexed(address)

MAX_PAYEES: constant(uint256) = 500
DAY: constant(uint256) = 86_400
MAX_PROOF: constant(uint256) = 64
AMOUNT_BITS: constant(uint256) = 96
AMOUNT_MASK: constant(uint256) = 2**96 - 1
MOMENT_BITS: constant(uint256) = 192
COUNT_BITS: constant(uint256) = 128
SUM_MASK: constant(uint256) = 2**128 - 1
ONE_PAID: constant(uint256) = 2**128
# A transfer may burn so much and no more: a payee with a costly hook keeps nobody waiting.
TRANSFER_GAS: constant(uint256) = 150_000
# With less left behind it, a transfer may have failed for want of gas alone, and the payee would look
# like a bad one. 64/63 of the transfer's, and what it takes to report.
GAS_FLOOR: constant(uint256) = 160_000

# @notice The version of these rules.
version: public(constant(uint256)) = 2
# @notice The token held here.
token: public(immutable(IERC20))
# @notice Seconds without a batch after which the house counts as silent.
exit_delay: public(immutable(uint256))
# @notice Changes the payer and the cap; moves no money itself.
owner: public(address)
# @notice Who may become the owner by accepting.
candidate: public(address)
# @notice The key that pays batches.
payer: public(address)
# @notice Whether a key pays or has paid: once dismissed, it does not come back.
was_payer: public(HashMap[address, bool])
# 256 batches to a word: one bit each, set when the batch is paid.
paid_bits: HashMap[uint256, uint256]
# When the last batch was paid (64 bits), how much that day (96), and how much at most (96).
day: uint256
# @notice Merkle root of what everybody is owed after the last batch.
balances_root: public(bytes32)
# @notice Whether an account has taken its balance out, by root.
has_left: public(HashMap[bytes32, HashMap[address, bool]])


@deploy
def __init__(token_: address, payer_: address, daily_cap_: uint256, exit_delay_: uint256):
    """
    @notice A vault for one token; whoever deploys it owns it.
    @param token_ The token held here
    @param payer_ The key that pays batches
    @param daily_cap_ The most that can be paid in one day, in base units
    @param exit_delay_ Seconds of silence after which balances can be taken out; never changes
    """
    assert token_.is_contract, "vault: no token"
    token = IERC20(token_)
    exit_delay = exit_delay_
    self.owner = msg.sender
    assert payer_ != empty(address), "vault: no payer"
    self.payer = payer_
    self.was_payer[payer_] = True
    assert daily_cap_ <= AMOUNT_MASK, "vault: too high a cap"
    self.day = daily_cap_
    log OwnershipTaken(owner=msg.sender)
    log PayerChanged(payer=payer_)
    log DailyCapChanged(daily_cap=daily_cap_)


@external
@nonreentrant
def deposit(purse: bytes32, amount: uint256):
    """
    @notice Puts `amount` of the token, approved before, into a purse of the house.
    @param purse The purse's name
    @param amount Base units
    """
    self._deposit(purse, amount)


@external
@nonreentrant
def deposit_with_permit(purse: bytes32, amount: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32):
    """
    @notice The same in one step, with the caller's signed approval (EIP-2612).
    @dev Anybody who sees the permit can use it first. Then it fails here, and the approval that it
         gave serves: what counts is whether the transfer goes well.
    @param purse The purse's name
    @param amount Base units, as in the permit
    @param deadline Until when the permit holds
    @param v Of the signature
    @param r Of the signature
    @param s Of the signature
    """
    permitted: bool = raw_call(
        token.address,
        abi_encode(
            msg.sender, self, amount, deadline, v, r, s,
            method_id=method_id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
        ),
        revert_on_failure=False,
    )
    self._deposit(purse, amount)


@internal
def _deposit(purse: bytes32, amount: uint256):
    """
    @dev What counts is what arrived: a token that keeps a part is credited for the rest.
    @param purse The purse's name
    @param amount Base units that the caller lets go
    """
    before: uint256 = staticcall token.balanceOf(self)
    assert extcall token.transferFrom(msg.sender, self, amount, default_return_value=True), "vault: no transfer"
    arrived: uint256 = staticcall token.balanceOf(self) - before
    assert arrived != 0, "vault: nothing arrived"
    log Deposited(purse=purse, sender=msg.sender, amount=arrived)


@external
@nonreentrant
def pay(batch_id: uint256, payments: DynArray[uint256, MAX_PAYEES], balances_root: bytes32, labels_root: bytes32):
    """
    @notice Pays each payee of a batch, once; who cannot be paid is skipped and reported.
    @dev A transfer counts if the token did not revert and returned true or nothing. The sums cannot
         overflow: 500 amounts of 96 bits. To pay the vault itself, or nothing, moves nothing.
    @param batch_id Works once; numbers in a row are the cheapest
    @param payments The payee in the upper 160 bits, base units in the lower 96
    @param balances_root Merkle root of what everybody is owed after this batch
    @param labels_root Merkle root of the labels this batch pays for
    """
    assert msg.sender == self.payer, "vault: not the payer"
    bits: uint256 = self.paid_bits[batch_id >> 8]
    mark: uint256 = 1 << (batch_id & 255)
    assert bits & mark == 0, "vault: paid before"
    self.paid_bits[batch_id >> 8] = bits | mark
    asset: address = token.address
    tally: uint256 = 0  # how many were paid, in the upper half, and how much, in the lower
    skipped: uint256 = 0
    success: bool = False
    answer: Bytes[32] = b""
    for payment: uint256 in payments:
        if payment > AMOUNT_MASK:
            success, answer = raw_call(
                asset,
                abi_encode(
                    payment >> AMOUNT_BITS,
                    payment & AMOUNT_MASK,
                    method_id=method_id("transfer(address,uint256)"),
                ),
                max_outsize=32,
                gas=TRANSFER_GAS,
                revert_on_failure=False,
            )
            if success and (convert(answer, uint256) == 1 or len(answer) == 0):
                tally = unsafe_add(tally, unsafe_add(payment & AMOUNT_MASK, ONE_PAID))
                continue
        assert msg.gas > GAS_FLOOR, "vault: not enough gas"
        log PayeeSkipped(
            batch_id=batch_id,
            index=(tally >> COUNT_BITS) + skipped,
            payee=convert(payment >> AMOUNT_BITS, address),
            amount=payment & AMOUNT_MASK,
        )
        skipped += 1
    total: uint256 = tally & SUM_MASK
    day: uint256 = self.day
    paid_today: uint256 = self._paid_on(day) + total
    assert paid_today <= day & AMOUNT_MASK, "vault: over the daily cap"
    self.day = block.timestamp << MOMENT_BITS | paid_today << AMOUNT_BITS | day & AMOUNT_MASK
    self.balances_root = balances_root
    log BatchPaid(
        batch_id=batch_id,
        total=total,
        paid=tally >> COUNT_BITS,
        balances_root=balances_root,
        labels_root=labels_root,
    )


@external
@nonreentrant
def exit(account: address, amount: uint256, proof: DynArray[bytes32, MAX_PROOF]):
    """
    @notice Pays an account what the last batch left it owed, when the house has fallen silent.
    @dev Anybody may call it for anybody; the money goes to the account. Once an account and root.
         The payer is dismissed: a batch that it signed before may pay the same money and must not
         be mined any more. The tree is OpenZeppelin's StandardMerkleTree of (address, uint256).
    @param account Who is owed
    @param amount How much, in base units, as in the tree
    @param proof The leaf's way to the root
    """
    root: bytes32 = self.balances_root
    assert root != empty(bytes32), "vault: no balances"
    assert block.timestamp > (self.day >> MOMENT_BITS) + exit_delay, "vault: the house is not silent"
    assert not self.has_left[root][account], "vault: taken out before"
    assert self._climbed(keccak256(keccak256(abi_encode(account, amount))), proof) == root, "vault: not in the tree"
    self.has_left[root][account] = True
    if self.payer != empty(address):
        self.payer = empty(address)
        log PayerChanged(payer=empty(address))
    assert extcall token.transfer(account, amount, default_return_value=True), "vault: no transfer"
    log Exited(account=account, amount=amount, balances_root=root)


@internal
@pure
def _climbed(leaf: bytes32, proof: DynArray[bytes32, MAX_PROOF]) -> bytes32:
    """
    @dev Each pair is hashed in order of size, so that a proof needs no directions.
    @param leaf Where the way begins
    @param proof The siblings on it
    @return Where it ends
    """
    node: bytes32 = leaf
    for sibling: bytes32 in proof:
        if convert(node, uint256) < convert(sibling, uint256):
            node = keccak256(concat(node, sibling))
        else:
            node = keccak256(concat(sibling, node))
    return node


@external
@view
def is_paid(batch_id: uint256) -> bool:
    """
    @notice Whether a batch has been paid.
    @param batch_id As it was given to `pay`
    @return True from the block on that paid it
    """
    return self.paid_bits[batch_id >> 8] & 1 << (batch_id & 255) != 0


@external
@view
def last_paid_at() -> uint256:
    """
    @notice When the last batch was paid.
    @return Seconds since 1970; 0 before the first
    """
    return self.day >> MOMENT_BITS


@external
@view
def paid_today() -> uint256:
    """
    @notice What was paid on this day (UTC).
    @return Base units
    """
    return self._paid_on(self.day)


@external
@view
def daily_cap() -> uint256:
    """
    @notice The most that can be paid in one day (UTC).
    @return Base units
    """
    return self.day & AMOUNT_MASK


@internal
@view
def _paid_on(day: uint256) -> uint256:
    """
    @dev Nothing yet, if the last batch was paid on an earlier day.
    @param day The word that the day is counted in
    @return Base units that were paid today
    """
    if (day >> MOMENT_BITS) // DAY != block.timestamp // DAY:
        return 0
    return day >> AMOUNT_BITS & AMOUNT_MASK


@external
def set_payer(payer: address):
    """
    @notice Another key pays from now on; the zero address stops all payments.
    @dev A key that was replaced or dismissed does not come back: what it signed stays worthless.
    @param payer The new key's address
    """
    assert msg.sender == self.owner, "vault: not the owner"
    assert not self.was_payer[payer], "vault: paid before"
    if payer != empty(address):
        self.was_payer[payer] = True
    self.payer = payer
    log PayerChanged(payer=payer)


@external
def set_daily_cap(daily_cap: uint256):
    """
    @notice Another cap holds from now on, also for what was paid today.
    @param daily_cap Base units
    """
    assert msg.sender == self.owner, "vault: not the owner"
    assert daily_cap <= AMOUNT_MASK, "vault: too high a cap"
    self.day = self.day >> AMOUNT_BITS << AMOUNT_BITS | daily_cap
    log DailyCapChanged(daily_cap=daily_cap)


@external
def offer_ownership(candidate: address):
    """
    @notice The candidate may become the owner by accepting; the zero address takes it back.
    @param candidate The next owner's address
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
