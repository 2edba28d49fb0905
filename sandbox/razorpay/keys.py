"""The pretended account. Everything here is public: it opens nothing but a sandbox."""

from typing import Final

KEY_ID: Final = "rzp_test_SandboxKey0001"
KEY_SECRET: Final = "SandboxKeySecret00000001"
WEBHOOK_SECRET: Final = "whsec_sandbox_webhook_secret"
ACCOUNT_ID: Final = "acc_SandboxAcct001"
