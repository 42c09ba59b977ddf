"""One way to talk to a chain, embedded in the process or over RPC: send, read and follow."""

from fedsol.chain.building import Draft
from fedsol.chain.chain import BeforeSend, Chain
from fedsol.chain.config import MONIKERS, ChainConfig, load_config, resolve_url, websocket_url_of
from fedsol.chain.embedded_history import LandedTransaction
from fedsol.chain.embedded_ledger import Dropped, EmbeddedLedger, LedgerEvent
from fedsol.chain.embedded_transport import EmbeddedTransport, embedded_client
from fedsol.chain.failover import FailoverTransport, display_url
from fedsol.chain.failure import ComputeExhausted, from_failure, register
from fedsol.chain.framework_errors import FRAMEWORK_ERRORS
from fedsol.chain.keys import load_keypair, save_keypair
from fedsol.chain.localnet import Localnet
from fedsol.chain.records import (
    BLOCKHASH_LIFE,
    MAX_COMPUTE_UNITS,
    PACKET_SIZE,
    SLOT_SECONDS,
    Account,
    Clock,
    Landed,
    TransactionRecord,
)
from fedsol.chain.rpc import RpcRefused
from fedsol.chain.sending import Pace

__all__ = [
    "BLOCKHASH_LIFE",
    "FRAMEWORK_ERRORS",
    "MAX_COMPUTE_UNITS",
    "MONIKERS",
    "PACKET_SIZE",
    "SLOT_SECONDS",
    "Account",
    "BeforeSend",
    "Chain",
    "ChainConfig",
    "Clock",
    "ComputeExhausted",
    "Draft",
    "Dropped",
    "EmbeddedLedger",
    "EmbeddedTransport",
    "FailoverTransport",
    "Landed",
    "LandedTransaction",
    "LedgerEvent",
    "Localnet",
    "Pace",
    "RpcRefused",
    "TransactionRecord",
    "display_url",
    "embedded_client",
    "from_failure",
    "load_config",
    "load_keypair",
    "register",
    "resolve_url",
    "save_keypair",
    "websocket_url_of",
]
