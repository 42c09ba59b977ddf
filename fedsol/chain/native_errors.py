"""Error codes of the System program and of SPL Token (Token-2022 shares the first twenty)."""

SYSTEM_ERRORS: dict[int, tuple[str, str]] = {
    0: ("AccountAlreadyInUse", "an account with that address already exists"),
    1: ("ResultWithNegativeLamports", "the account holds too few lamports"),
    2: ("InvalidProgramId", "an account cannot be assigned to that program"),
    3: ("InvalidAccountDataLength", "an account cannot have that size"),
    4: ("MaxSeedLengthExceeded", "the seed is longer than 32 bytes"),
    5: ("AddressWithSeedMismatch", "the address does not follow from base and seed"),
    6: ("NonceNoRecentBlockhashes", "a nonce cannot advance without recent blockhashes"),
    7: ("NonceBlockhashNotExpired", "the nonce's blockhash has not expired yet"),
    8: ("NonceUnexpectedBlockhashValue", "the nonce holds another blockhash"),
}

TOKEN_ERRORS: dict[int, tuple[str, str]] = {
    0: ("NotRentExempt", "the token account is below the rent minimum"),
    1: ("InsufficientFunds", "the token account holds too few tokens"),
    2: ("InvalidMint", "that is not a mint"),
    3: ("MintMismatch", "the token account is of another mint"),
    4: ("OwnerMismatch", "the signer does not own the token account"),
    5: ("FixedSupply", "the mint's supply is fixed"),
    6: ("AlreadyInUse", "the token account or mint is already set up"),
    7: ("InvalidNumberOfProvidedSigners", "a multisignature has the wrong number of signers"),
    8: (
        "InvalidNumberOfRequiredSigners",
        "a multisignature requires an impossible number of signers",
    ),
    9: ("UninitializedState", "the token account or mint is not set up"),
    10: ("NativeNotSupported", "that is not possible with wrapped SOL"),
    11: ("NonNativeHasBalance", "a token account can be closed only when it is empty"),
    12: ("InvalidInstruction", "the token program does not know the instruction"),
    13: ("InvalidState", "the token account's state does not allow this"),
    14: ("Overflow", "the number of tokens is too large"),
    15: ("AuthorityTypeNotSupported", "the account has no such authority"),
    16: ("MintCannotFreeze", "the mint has no freeze authority"),
    17: ("AccountFrozen", "the token account is frozen"),
    18: ("MintDecimalsMismatch", "the mint has another number of decimals"),
    19: ("NonNativeNotSupported", "that is possible with wrapped SOL only"),
}
