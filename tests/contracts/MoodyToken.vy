# pragma version 0.4.3
"""
@title A token with moods
@notice For tests alone: it treats each account as badly as it was told to.
"""

HONEST: constant(uint256) = 0
SILENT: constant(uint256) = 1
SAYS_NO: constant(uint256) = 2
REVERTS: constant(uint256) = 3
BURNS_GAS: constant(uint256) = 4
KEEPS_A_TENTH: constant(uint256) = 5
LIES: constant(uint256) = 6
CALLS_BACK: constant(uint256) = 7
SAYS_TWO: constant(uint256) = 8
FLOODS: constant(uint256) = 9

balanceOf: public(HashMap[address, uint256])
mood: public(HashMap[address, uint256])
target: address
message: Bytes[1024]


@external
def mint(receiver: address, amount: uint256):
    self.balanceOf[receiver] += amount


@external
def set_mood(account: address, mood: uint256):
    self.mood[account] = mood


@external
def set_call(target: address, message: Bytes[1024]):
    self.target = target
    self.message = message


@external
@raw_return
def transfer(receiver: address, amount: uint256) -> Bytes[4096]:
    return self._moved(self.mood[receiver], msg.sender, receiver, amount)


@external
@raw_return
def transferFrom(sender: address, receiver: address, amount: uint256) -> Bytes[4096]:
    return self._moved(self.mood[sender], sender, receiver, amount)


@internal
def _moved(mood: uint256, sender: address, receiver: address, amount: uint256) -> Bytes[4096]:
    if mood == SAYS_NO:
        return abi_encode(False)
    if mood == LIES:
        return abi_encode(True)
    assert mood != REVERTS, "token: not you"
    if mood == BURNS_GAS:
        raise UNREACHABLE
    if mood == CALLS_BACK:
        raw_call(self.target, self.message)
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount - (amount // 10 if mood == KEEPS_A_TENTH else 0)
    if mood == SILENT:
        return b""
    if mood == SAYS_TWO:
        return abi_encode(convert(2, uint256))
    if mood == FLOODS:
        words: uint256[128] = empty(uint256[128])
        words[0] = 1
        return abi_encode(words)
    return abi_encode(True)
