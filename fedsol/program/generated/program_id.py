from solders.pubkey import Pubkey

PROGRAM_ID = Pubkey.from_string("F1SVSfJJSWihGqSKr7hocjFrrrcnHXNXKX8SHaqwWy6u")
