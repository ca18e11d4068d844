# pragma version 0.4.3
"""
@title Test dollars
@license MIT
@notice A plain token that anybody can mint, for test networks alone.
"""

from ethereum.ercs import IERC20

implements: IERC20

# @notice So much changed hands; it was made, if the sender is the zero address.
event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

# @notice The spender may move so much of the owner's from now on.
event Approval:
    owner: indexed(address)
    spender: indexed(address)
    value: uint256

# @notice What the token is called, also in permits (EIP-712).
name: public(constant(String[11])) = "Test Dollar"
# @notice The version that permits are signed for.
version: public(constant(String[1])) = "1"
# @notice Its short name.
symbol: public(constant(String[4])) = "tUSD"
# @notice A dollar is ten to this power of base units.
decimals: public(constant(uint8)) = 6

# @notice All base units that were ever made.
totalSupply: public(uint256)
# @notice Base units of an account.
balanceOf: public(HashMap[address, uint256])
# @notice Base units of an owner that a spender may move.
allowance: public(HashMap[address, HashMap[address, uint256]])
# @notice How many permits of an account were used.
nonces: public(HashMap[address, uint256])

DOMAIN_TYPE: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
PERMIT_TYPE: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)


@external
def mint(receiver: address, amount: uint256):
    """
    @notice Makes test dollars out of nothing.
    @param receiver Who gets them
    @param amount Base units
    """
    assert receiver != empty(address), "token: zero address"
    self.totalSupply += amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=empty(address), receiver=receiver, value=amount)


@external
def transfer(receiver: address, amount: uint256) -> bool:
    """
    @notice Moves `amount` from the caller to the receiver.
    @param receiver Who gets it
    @param amount Base units
    @return True
    """
    self._move(msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    """
    @notice Moves `amount` from a sender who has approved the caller.
    @param sender Whose it is
    @param receiver Who gets it
    @param amount Base units
    @return True
    """
    self.allowance[sender][msg.sender] -= amount
    self._move(sender, receiver, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    """
    @notice The spender may move up to `amount` of the caller's.
    @param spender Who may
    @param amount Base units
    @return True
    """
    self.allowance[msg.sender][spender] = amount
    log Approval(owner=msg.sender, spender=spender, value=amount)
    return True


@external
def permit(owner: address, spender: address, amount: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32):
    """
    @notice Approves what the owner has signed (EIP-2612).
    @param owner Who has signed
    @param spender Who may move it
    @param amount Base units
    @param deadline Until when the permit holds
    @param v Of the signature
    @param r Of the signature
    @param s Of the signature
    """
    assert block.timestamp <= deadline, "token: permit too old"
    terms: bytes32 = keccak256(
        abi_encode(PERMIT_TYPE, owner, spender, amount, self.nonces[owner], deadline)
    )
    digest: bytes32 = keccak256(concat(x"1901", self._domain(), terms))
    assert owner != empty(address) and ecrecover(digest, v, r, s) == owner, "token: not signed"
    self.nonces[owner] += 1
    self.allowance[owner][spender] = amount
    log Approval(owner=owner, spender=spender, value=amount)


@external
@view
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice What a permit is signed for: this token on this chain (EIP-712).
    @return The domain's hash
    """
    return self._domain()


@internal
@view
def _domain() -> bytes32:
    return keccak256(
        abi_encode(DOMAIN_TYPE, keccak256("Test Dollar"), keccak256("1"), chain.id, self)
    )


@internal
def _move(sender: address, receiver: address, amount: uint256):
    assert receiver != empty(address), "token: zero address"
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=sender, receiver=receiver, value=amount)
