"""Every error of the Anchor 1.2 framework, as a class that carries what to do about it.

The table is Anchor's own (``anchor-lang-error`` 1.2.2), codes 100 to 5000; a program's own codes
start at 6000.
"""

from __future__ import annotations

from fedsol.errors import ProgramError

_VERSIONS = "Client and program do not match: compare their versions with `fedsol doctor`."
_SIGNER = "Sign with the key that the account belongs to (--keypair)."
_ACCOUNT = "An account is not the one that belongs here: check the addresses on the command line."
_PROGRAM = "An account belongs to another program: check --url and the program's address."
_MINT = "Use the federation's own mint and token program: `fedsol federation show` names them."
_MISSING = "The account does not exist yet, or has been closed: do the step that creates it first."
_RENT = "Fund the account up to the rent minimum and run the command again."
_RULE = "The program refused the values: its message above names the rule."
_NUMBER = "A number is out of range: use a smaller one."
_BUG = "fedsol built this transaction wrongly: please report it with the logs."

# fmt: off
_TABLE: tuple[tuple[int, str, str, str], ...] = (
    (100, "InstructionMissing", "Instruction discriminator not provided", _VERSIONS),
    (101, "InstructionFallbackNotFound", "Fallback functions are not supported", _VERSIONS),
    (102, "InstructionDidNotDeserialize",
     "The program could not deserialize the given instruction", _VERSIONS),
    (103, "InstructionDidNotSerialize",
     "The program could not serialize the given instruction", _VERSIONS),
    (1000, "IdlInstructionStub", "The program was compiled without idl instructions", _VERSIONS),
    (1001, "IdlInstructionInvalidProgram",
     "Invalid program given to the IDL instruction", _VERSIONS),
    (1002, "IdlAccountNotEmpty",
     "IDL account must be empty in order to resize, try closing first", _VERSIONS),
    (1500, "EventInstructionStub",
     "The program was compiled without `event-cpi` feature", _VERSIONS),
    (2000, "ConstraintMut", "A mut constraint was violated", _BUG),
    (2001, "ConstraintHasOne", "A has one constraint was violated", _ACCOUNT),
    (2002, "ConstraintSigner", "A signer constraint was violated", _SIGNER),
    (2003, "ConstraintRaw", "A raw constraint was violated", _ACCOUNT),
    (2004, "ConstraintOwner", "An owner constraint was violated", _PROGRAM),
    (2005, "ConstraintRentExempt", "A rent exemption constraint was violated", _RENT),
    (2006, "ConstraintSeeds", "A seeds constraint was violated", _ACCOUNT),
    (2007, "ConstraintExecutable", "An executable constraint was violated", _PROGRAM),
    (2008, "ConstraintState",
     "Deprecated Error, feel free to replace with something else", _VERSIONS),
    (2009, "ConstraintAssociated", "An associated constraint was violated", _ACCOUNT),
    (2010, "ConstraintAssociatedInit", "An associated init constraint was violated", _ACCOUNT),
    (2011, "ConstraintClose", "A close constraint was violated", _ACCOUNT),
    (2012, "ConstraintAddress", "An address constraint was violated", _ACCOUNT),
    (2013, "ConstraintZero", "Expected zero account discriminant", _ACCOUNT),
    (2014, "ConstraintTokenMint", "A token mint constraint was violated", _MINT),
    (2015, "ConstraintTokenOwner", "A token owner constraint was violated", _ACCOUNT),
    (2016, "ConstraintMintMintAuthority", "A mint mint authority constraint was violated", _MINT),
    (2017, "ConstraintMintFreezeAuthority",
     "A mint freeze authority constraint was violated", _MINT),
    (2018, "ConstraintMintDecimals", "A mint decimals constraint was violated", _MINT),
    (2019, "ConstraintSpace", "A space constraint was violated", _VERSIONS),
    (2020, "ConstraintAccountIsNone", "A required account for the constraint is None", _BUG),
    (2021, "ConstraintTokenTokenProgram",
     "A token account token program constraint was violated", _MINT),
    (2022, "ConstraintMintTokenProgram", "A mint token program constraint was violated", _MINT),
    (2023, "ConstraintAssociatedTokenTokenProgram",
     "An associated token account token program constraint was violated", _MINT),
    (2024, "ConstraintMintGroupPointerExtension",
     "A group pointer extension constraint was violated", _MINT),
    (2025, "ConstraintMintGroupPointerExtensionAuthority",
     "A group pointer extension authority constraint was violated", _MINT),
    (2026, "ConstraintMintGroupPointerExtensionGroupAddress",
     "A group pointer extension group address constraint was violated", _MINT),
    (2027, "ConstraintMintGroupMemberPointerExtension",
     "A group member pointer extension constraint was violated", _MINT),
    (2028, "ConstraintMintGroupMemberPointerExtensionAuthority",
     "A group member pointer extension authority constraint was violated", _MINT),
    (2029, "ConstraintMintGroupMemberPointerExtensionMemberAddress",
     "A group member pointer extension group address constraint was violated", _MINT),
    (2030, "ConstraintMintMetadataPointerExtension",
     "A metadata pointer extension constraint was violated", _MINT),
    (2031, "ConstraintMintMetadataPointerExtensionAuthority",
     "A metadata pointer extension authority constraint was violated", _MINT),
    (2032, "ConstraintMintMetadataPointerExtensionMetadataAddress",
     "A metadata pointer extension metadata address constraint was violated", _MINT),
    (2033, "ConstraintMintCloseAuthorityExtension",
     "A close authority constraint was violated", _MINT),
    (2034, "ConstraintMintCloseAuthorityExtensionAuthority",
     "A close authority extension authority constraint was violated", _MINT),
    (2035, "ConstraintMintPermanentDelegateExtension",
     "A permanent delegate extension constraint was violated", _MINT),
    (2036, "ConstraintMintPermanentDelegateExtensionDelegate",
     "A permanent delegate extension delegate constraint was violated", _MINT),
    (2037, "ConstraintMintTransferHookExtension",
     "A transfer hook extension constraint was violated", _MINT),
    (2038, "ConstraintMintTransferHookExtensionAuthority",
     "A transfer hook extension authority constraint was violated", _MINT),
    (2039, "ConstraintMintTransferHookExtensionProgramId",
     "A transfer hook extension transfer hook program id constraint was violated", _MINT),
    (2040, "ConstraintDuplicateMutableAccount",
     "A duplicate mutable account constraint was violated", _BUG),
    (2041, "AccountAlreadyMigrated", "Account is already migrated", _VERSIONS),
    (2042, "AccountNotMigrated", "Account must be migrated before exiting", _VERSIONS),
    (2043, "ConstraintMintPausableExtension",
     "A pausable extension constraint was violated", _MINT),
    (2044, "ConstraintMintPausableAuthority",
     "A pausable extension authority constraint was violated", _MINT),
    (2500, "RequireViolated", "A require expression was violated", _RULE),
    (2501, "RequireEqViolated", "A require_eq expression was violated", _RULE),
    (2502, "RequireKeysEqViolated", "A require_keys_eq expression was violated", _RULE),
    (2503, "RequireNeqViolated", "A require_neq expression was violated", _RULE),
    (2504, "RequireKeysNeqViolated", "A require_keys_neq expression was violated", _RULE),
    (2505, "RequireGtViolated", "A require_gt expression was violated", _RULE),
    (2506, "RequireGteViolated", "A require_gte expression was violated", _RULE),
    (3000, "AccountDiscriminatorAlreadySet",
     "The account discriminator was already set on this account", _VERSIONS),
    (3001, "AccountDiscriminatorNotFound", "No discriminator was found on the account", _VERSIONS),
    (3002, "AccountDiscriminatorMismatch",
     "Account discriminator did not match what was expected", _VERSIONS),
    (3003, "AccountDidNotDeserialize", "Failed to deserialize the account", _VERSIONS),
    (3004, "AccountDidNotSerialize", "Failed to serialize the account", _VERSIONS),
    (3005, "AccountNotEnoughKeys", "Not enough account keys given to the instruction", _BUG),
    (3006, "AccountNotMutable", "The given account is not mutable", _BUG),
    (3007, "AccountOwnedByWrongProgram",
     "The given account is owned by a different program than expected", _PROGRAM),
    (3008, "InvalidProgramId", "Program ID was not as expected", _PROGRAM),
    (3009, "InvalidProgramExecutable", "Program account is not executable", _PROGRAM),
    (3010, "AccountNotSigner", "The given account did not sign", _SIGNER),
    (3011, "AccountNotSystemOwned",
     "The given account is not owned by the system program", _PROGRAM),
    (3012, "AccountNotInitialized",
     "The program expected this account to be already initialized", _MISSING),
    (3013, "AccountNotProgramData", "The given account is not a program data account", _PROGRAM),
    (3014, "AccountNotAssociatedTokenAccount",
     "The given account is not the associated token account", _ACCOUNT),
    (3015, "AccountSysvarMismatch",
     "The given public key does not match the required sysvar", _PROGRAM),
    (3016, "AccountReallocExceedsLimit",
     "The account reallocation exceeds the MAX_PERMITTED_DATA_INCREASE limit", _BUG),
    (3017, "AccountDuplicateReallocs",
     "The account was duplicated for more than one reallocation", _BUG),
    (4100, "DeclaredProgramIdMismatch",
     "The declared program id does not match the actual program id", _PROGRAM),
    (4101, "TryingToInitPayerAsProgramAccount",
     "You cannot/should not initialize the payer account as a program account", _BUG),
    (4102, "InvalidNumericConversion", "Error during numeric conversion", _NUMBER),
    (5000, "Deprecated",
     "The API being used is deprecated and should no longer be used", _VERSIONS),
)
# fmt: on


def _build(code: int, name: str, message: str, hint: str) -> type[ProgramError]:
    body = {
        "__doc__": f"{message}.",
        "__module__": __name__,
        "code": code,
        "name": name,
        "hint": hint,
    }
    return type(name, (ProgramError,), body)


FRAMEWORK_ERRORS: dict[int, type[ProgramError]] = {row[0]: _build(*row) for row in _TABLE}
"""Anchor's error classes by code."""

FRAMEWORK_MESSAGES: dict[int, str] = {code: message for code, _name, message, _hint in _TABLE}
"""Anchor's messages by code."""
