"""See that there is a Chromium for the browser test; as root on Debian or Ubuntu, install it."""

import os
import shutil
import subprocess
import sys

PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-noto-core", "fonts-noto-color-emoji")
NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """0 when a browser is there."""
    if any(shutil.which(name) for name in NAMES):
        return 0
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"The browser test needs Chromium: sudo apt-get install {' '.join(PACKAGES)}")
        return 1
    print("Installing Chromium for the browser test…", flush=True)
    install = ("apt-get", "install", "-qq", "-y", "--no-install-recommends", *PACKAGES)
    for command in (("apt-get", "update", "-qq"), install):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
